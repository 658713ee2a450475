"""Makes the Word documents of the corpus."""

import docx
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.shared import Pt, RGBColor

from corpus import edit, expect, office, package, pandoc, path_of, relationships

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DECLARE = f'xmlns:w="{W}"'


def level(index, form, text, extra=""):
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{extra}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def contract():
    """Clause numbers exist only in numbering.xml, on several levels, with a restart and Roman numerals."""
    name = "contract-english.docx"
    document = docx.Document()
    numbering = document.part.numbering_part.element
    for num in list(numbering):
        numbering.remove(num)
    levels = (
        level(0, "decimal", "%1.")
        + level(1, "decimal", "%1.%2")
        + level(2, "lowerLetter", "(%3)")
        + level(3, "lowerRoman", "(%4)")
    )
    numbering.append(parse_xml(f'<w:abstractNum {DECLARE} w:abstractNumId="7">{levels}</w:abstractNum>'))
    schedule = level(0, "upperRoman", "Schedule %1")
    numbering.append(parse_xml(f'<w:abstractNum {DECLARE} w:abstractNumId="8">{schedule}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {DECLARE} w:numId="3"><w:abstractNumId w:val="7"/></w:num>'))
    numbering.append(parse_xml(f'<w:num {DECLARE} w:numId="4"><w:abstractNumId w:val="8"/></w:num>'))
    numbering.append(
        parse_xml(
            f'<w:num {DECLARE} w:numId="5"><w:abstractNumId w:val="7"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )

    def numbered(text, depth, num=3, style=None):
        paragraph = document.add_paragraph(text, style)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {DECLARE}><w:ilvl w:val="{depth}"/><w:numId w:val="{num}"/></w:numPr>')
        )

    document.add_paragraph("Service Agreement", "Title")
    document.add_paragraph("This agreement is made between Alder Ltd and Birch plc.")
    numbered("Term", 0, style="Heading 1")
    numbered("The agreement runs for two years.", 1)
    numbered("Either party may end it:", 1)
    numbered("with three months' notice;", 2)
    numbered("at once, if the other party", 2)
    numbered("is insolvent, or", 3)
    numbered("breaches clause 2.1.", 3)
    numbered("Fees", 0, style="Heading 1")
    numbered("The fee is £1,200.50 a month.", 1)
    numbered("Late payment bears interest.", 1)
    numbered("Contacts", 0, 4, "Heading 1")
    numbered("Alder names one person.", 0, 5)
    numbered("Birch names two.", 0, 5)
    document.save(path_of(name))
    expect(name, """
Service Agreement

This agreement is made between Alder Ltd and Birch plc.

1. Term

  1.1 The agreement runs for two years.
  1.2 Either party may end it:
    (a) with three months' notice;
    (b) at once, if the other party
      (i) is insolvent, or
      (ii) breaches clause 2.1.

2. Fees

  2.1 The fee is £1,200.50 a month.
  2.2 Late payment bears interest.

Schedule I Contacts

1. Alder names one person.
2. Birch names two.
""")


def german_handbook():
    name = "handbook-german.docx"
    office(name, """<html lang="de"><head><meta charset="utf-8"></head><body><h1>Urlaubsordnung</h1>
<p>Jeder Mitarbeitende hat Anspruch auf <b>30 Tage</b> Urlaub. Überträge verfallen am 31.&nbsp;März.</p>
<h2>Fristen</h2><ol><li>Antrag stellen<ul><li>bis vier Wochen vorher</li><li>in Textform</li></ul></li><li>Freigabe abwarten</li></ol>
<table border="1"><tr><th>Abteilung</th><th>Ansprechpartner</th><th>Durchwahl</th></tr>
<tr><td rowspan="2">Vertrieb</td><td>Jörg Müßig</td><td>4711</td></tr><tr><td>Änne Groß</td><td>4712</td></tr>
<tr><td colspan="2">Zentrale</td><td>0</td></tr></table><p>Fläche: 120&nbsp;m<sup>2</sup>, Formel H<sub>2</sub>O.</p></body></html>""",
           "html", "HTML (StarWriter)")
    expect(name, """
Urlaubsordnung

Jeder Mitarbeitende hat Anspruch auf 30 Tage Urlaub. Überträge verfallen am 31. März.

Fristen

1. Antrag stellen
  • bis vier Wochen vorher
  • in Textform
2. Freigabe abwarten

Abteilung | Ansprechpartner | Durchwahl
Vertrieb | Jörg Müßig | 4711
 | Änne Groß | 4712
Zentrale |  | 0

Fläche: 120 m², Formel H2O.
""")


def french_report():
    name = "report-french.docx"
    pandoc(name, """---
title: Rapport annuel
---

# Résultats

Le chiffre d'affaires atteint 4,2 × 10^6^ € en « zone nord »[^1]. C'est la 2^e^ hausse.

[^1]: Hors taxes et hors coûts exceptionnels.

| Région | Ventes |
|--------|-------:|
| Île-de-France | 1 204 |
| Bretagne | 377 |

## Été

Une pause en août.[^2]

[^2]: Voir l'annexe.
""")
    expect(name, """
Rapport annuel

Résultats

Le chiffre d’affaires atteint 4,2 × 10⁶ € en « zone nord »¹. C’est la 2e hausse.

¹ Hors taxes et hors coûts exceptionnels.

Région | Ventes
Île-de-France | 1 204
Bretagne | 377

Été

Une pause en août.²

² Voir l’annexe.
""")


def spanish_revisions():
    """Deleted, inserted, moved, hidden and white text, a comment, and a picture's description."""
    name = "revisions-spanish.docx"
    body = """
<w:p><w:r><w:t xml:space="preserve">El plazo es de </w:t></w:r><w:del w:id="1" w:author="a"><w:r><w:delText>diez</w:delText></w:r></w:del><w:ins w:id="2" w:author="a"><w:r><w:t>quince</w:t></w:r></w:ins><w:r><w:t xml:space="preserve"> días.</w:t></w:r></w:p>
<w:p><w:moveFrom w:id="3" w:author="a"><w:r><w:t>Texto movido.</w:t></w:r></w:moveFrom></w:p>
<w:p><w:pPr><w:rPr><w:del w:id="4" w:author="a"/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">Primera mitad </w:t></w:r></w:p>
<w:p><w:r><w:t>y segunda mitad.</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">Se ve esto</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t xml:space="preserve"> pero no esto</w:t></w:r><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t xml:space="preserve"> ni esto en blanco</w:t></w:r><w:commentRangeStart w:id="0"/><w:r><w:t>.</w:t></w:r><w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r></w:p>
<w:p><w:pPr><w:shd w:val="clear" w:fill="1F3864"/></w:pPr><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>Blanco sobre azul se lee.</w:t></w:r></w:p>
<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>
<w:tr><w:tc><w:p><w:r><w:t>Artículo</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Precio</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:trPr><w:del w:id="5" w:author="a"/></w:trPr><w:tc><w:p><w:r><w:t>Suprimido</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>Niño</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:moveTo w:id="6" w:author="a"><w:r><w:t>Texto movido.</w:t></w:r></w:moveTo></w:p>
<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:docPr id="1" name="Imagen" descr="Descripción de la imagen"/></wp:inline></w:drawing></w:r></w:p>"""
    package(name, {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships(("officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": relationships(("comments", "comments.xml")),
        "word/comments.xml": f'<w:comments {DECLARE}><w:comment w:id="0"><w:p><w:r><w:t>Un comentario.</w:t></w:r></w:p></w:comment></w:comments>',
        "word/document.xml": f"<w:document {DECLARE}><w:body>{body}</w:body></w:document>",
    })
    expect(name, """
El plazo es de quince días.

Primera mitad y segunda mitad.

Se ve esto.

Blanco sobre azul se lee.

Artículo | Precio
Niño | 2

Texto movido.
""")


def polish_boxes():
    """Text boxes in both formats of Word, a header and a footer with page numbers, fields, a ruled break."""
    name = "boxes-polish.docx"
    box = lambda text: (
        '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx>'
        f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    spaces = (
        f'{DECLARE} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    field = lambda code, result: (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t>{result}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    date = field('DATE \\@ "d.MM.yyyy"', "5.10.2024")
    body = f"""
<w:p><w:r><w:t>Żółta łódź płynie.</w:t></w:r><w:r>{box("Ważne: zabierz kamizelkę!")}</w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">Data: </w:t></w:r>{date}<w:r><w:t xml:space="preserve">, strona </w:t></w:r><w:fldSimple w:instr=" REF cel "><w:r><w:t>celu</w:t></w:r></w:fldSimple><w:r><w:t>.</w:t></w:r></w:p>
<w:p><w:r><w:t>Wiersz</w:t><w:br/><w:t>drugi</w:t><w:tab/><w:t>po tabulatorze, bez po</w:t><w:softHyphen/><w:t>działu.</w:t></w:r></w:p>
<w:sdt><w:sdtContent><w:p><w:r><w:t>W kontrolce.</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:sectPr><w:headerReference w:type="default" r:id="r1"/><w:footerReference w:type="default" r:id="r2"/><w:headerReference w:type="first" r:id="r3"/></w:sectPr>"""
    package(name, {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships(("officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": relationships(("header", "header1.xml"), ("footer", "footer1.xml"), ("header", "header2.xml")),
        "word/header1.xml": f"<w:hdr {spaces}><w:p><w:r><w:t>Poufne — Spółka Łąka</w:t></w:r></w:p></w:hdr>",
        "word/header2.xml": f"<w:hdr {spaces}><w:p><w:r><w:t>Nagłówek bez strony tytułowej</w:t></w:r></w:p></w:hdr>",
        "word/footer1.xml": f'<w:ftr {spaces}><w:p><w:r><w:t xml:space="preserve">Strona </w:t></w:r>{field("PAGE", "1")}<w:r><w:t xml:space="preserve"> z </w:t></w:r>{field("NUMPAGES", "3")}</w:p></w:ftr>',
        "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
    })
    expect(name, """
Poufne — Spółka Łąka

Żółta łódź płynie.

Ważne: zabierz kamizelkę!

Data: 5.10.2024, strona celu.

Wiersz
drugi po tabulatorze, bez podziału.

W kontrolce.
""")


def russian_lists():
    name = "lists-russian.docx"
    pandoc(name, """# Порядок работы

1. Подать заявление
    a. лично
    b. по почте
2. Получить ответ

- чай
    - зелёный
    - чёрный
- кофе

Срок — **пять** дней.
""")
    expect(name, """
Порядок работы

1. Подать заявление
  a. лично
  b. по почте
2. Получить ответ
• чай
  • зелёный
  • чёрный
• кофе

Срок — пять дней.
""")


def greek_letter():
    name = "letter-greek.docx"
    office(name, """<html lang="el"><head><meta charset="utf-8"></head><body><h1>Επιστολή</h1><p>Αγαπητή Ελένη,</p>
<p>η συνάντηση είναι στις <i>12 Μαΐου</i>, ώρα 10:30.<br>Φέρε τα έγγραφα.</p><p>Με εκτίμηση<br>Γιώργος</p></body></html>""",
           "html", "HTML (StarWriter)")
    expect(name, """
Επιστολή

Αγαπητή Ελένη,

η συνάντηση είναι στις 12 Μαΐου, ώρα 10:30.
Φέρε τα έγγραφα.

Με εκτίμηση
Γιώργος
""")


def arabic_policy():
    name = "policy-arabic.docx"
    document = docx.Document()
    document.add_heading("سياسة الإجازات", 1)
    document.add_paragraph("يحق لكل موظف 30 يوما في السنة.")
    document.add_paragraph("تقديم الطلب", "List Bullet")
    document.add_paragraph("انتظار الموافقة", "List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip([cell for row in table.rows for cell in row.cells], ["القسم", "الهاتف", "المبيعات", "4711"]):
        cell.text = text
    document.save(path_of(name))
    expect(name, """
سياسة الإجازات

يحق لكل موظف 30 يوما في السنة.

• تقديم الطلب
• انتظار الموافقة

القسم | الهاتف
المبيعات | 4711
""")


def japanese_memo():
    """With other prefixes than Word's, as ElementTree writes them, and readings above the words."""
    name = "memo-japanese.docx"
    body = """
<ns0:p><ns0:pPr><ns0:outlineLvl ns0:val="0"/></ns0:pPr><ns0:r><ns0:t>議事録</ns0:t></ns0:r></ns0:p>
<ns0:p><ns0:r><ns0:ruby><ns0:rt><ns0:r><ns0:t>とうきょう</ns0:t></ns0:r></ns0:rt><ns0:rubyBase><ns0:r><ns0:t>東京</ns0:t></ns0:r></ns0:rubyBase></ns0:ruby></ns0:r><ns0:r><ns0:t>支店で会議を行いました。</ns0:t></ns0:r></ns0:p>
<ns0:p><ns0:r><ns0:t>次回は来週の月曜日です。</ns0:t></ns0:r></ns0:p>"""
    package(name, {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships(("officeDocument", "/word/document.xml")),
        "word/document.xml": f'<ns0:document xmlns:ns0="{W}"><ns0:body>{body}</ns0:body></ns0:document>',
    })
    expect(name, """
議事録

東京支店で会議を行いました。

次回は来週の月曜日です。
""")


def chinese_notice():
    name = "notice-chinese.docx"
    pandoc(name, """# 通知

请各部门在**十月五日**之前提交报告。

| 部门 | 联系人 |
|------|--------|
| 销售 | 王芳   |
| 财务 | 李伟   |
""")
    expect(name, """
通知

请各部门在十月五日之前提交报告。

部门 | 联系人
销售 | 王芳
财务 | 李伟
""")


def hindi_rules():
    name = "rules-hindi.docx"
    document = docx.Document()
    document.add_heading("नियम", 1)
    document.add_paragraph("सभी कर्मचारियों को समय पर आना चाहिए।")
    document.add_paragraph("कार्यालय का समय", "List Number")
    document.add_paragraph("अवकाश", "List Number")
    document.save(path_of(name))
    expect(name, """
नियम

सभी कर्मचारियों को समय पर आना चाहिए।

1. कार्यालय का समय
2. अवकाश
""")


def formulas():
    name = "formulas-english.docx"
    pandoc(name, r"""# Physics

The energy is $E = mc^2$ and the mean is $\frac{a+b}{2}$.

Root: $\sqrt{x_1}$. Speed of 3 × 10^−8^ m s^−1^, the 21^st^ value.
""")
    expect(name, """
Physics

The energy is E=mc² and the mean is (a+b)/2.

Root: √(x_1). Speed of 3 × 10⁻⁸ m s⁻¹, the 21st value.
""")


for make in (contract, german_handbook, french_report, spanish_revisions, polish_boxes, russian_lists, greek_letter,
             arabic_policy, japanese_memo, chinese_notice, hindi_rules, formulas):
    make()
