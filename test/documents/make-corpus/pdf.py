"""Makes the PDF files of the corpus."""

import io
import subprocess

from reportlab.lib.colors import Color, black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from reportlab.lib.pdfencrypt import StandardEncryption
from corpus import CORPUS, chromium, expect, office, path_of

PAPER = {"pagesize": A4, "invariant": 1}


def english_columns():
    """Two columns under a title, with a header and a page number on each page."""
    name = "columns-english.pdf"
    style = getSampleStyleSheet()
    body, title, heading = style["BodyText"], style["Title"], style["Heading2"]
    body.alignment = 4

    def margins(page, document):
        page.setFont("Helvetica", 8)
        page.drawString(50, 815, "Alder Ltd — Annual review")
        page.drawCentredString(297, 25, f"Page {document.page} of 2")

    document = BaseDocTemplate(str(path_of(name)), **PAPER)
    left = Frame(50, 60, 235, 640)
    right = Frame(310, 60, 235, 640)
    top = Frame(50, 700, 495, 80)
    document.addPageTemplates(PageTemplate("two", [top, left, right], onPage=margins))
    sentences = [
        "The harbour opened in the spring of the third year, after long talks with the town council and the railway company.",
        "Ships from the north brought timber and iron, and the merchants built new storehouses along the eastern quay.",
        "The engineers measured the depth of the water each morning and wrote the figures into a large black book.",
        "In winter the river froze, so that nothing moved for seven weeks and the workers repaired the cranes.",
        "Visitors came from the capital to see the lighthouse, which could be seen from a distance of twenty miles.",
    ]
    texts = [" ".join(sentences[(start + step) % 5] for step in range(5)) for start in range(5)]
    story = [Paragraph("The Harbour", title), Spacer(1, 90)]
    story += [item for index, text in enumerate(texts) for item in (Paragraph(f"Chapter {index + 1}", heading), Paragraph(text, body))]
    story += [Paragraph("Afterword", heading), Paragraph(texts[0], body)]
    document.build(story)
    expect(name, "Alder Ltd — Annual review\n\nThe Harbour\n\n" + "\n\n".join(
        f"Chapter {index + 1}\n\n{text}" for index, text in enumerate(texts)) + f"\n\nAfterword\n\n{texts[0]}")


def english_unseen():
    """White on white, off the page, tiny, invisible and covered text; white on blue is read."""
    name = "unseen-english.pdf"
    page = canvas.Canvas(str(path_of(name)), **PAPER)
    page.setFont("Helvetica", 12)
    page.drawString(72, 770, "This line can be read.")
    page.setFillColor(white)
    page.drawString(72, 750, "White on white.")
    page.setFillColor(Color(0.1, 0.2, 0.5))
    page.rect(72, 700, 300, 24, fill=1, stroke=0)
    page.setFillColor(white)
    page.drawString(76, 707, "White on blue can be read.")
    page.setFillColor(black)
    page.drawString(700, 600, "Beside the page.")
    page.drawString(72, -30, "Under the page.")
    page.setFont("Helvetica", 0.4)
    page.drawString(72, 640, "Too small.")
    page.setFont("Helvetica", 12)
    page.drawString(72, 620, "Covered.")
    page.setFillColor(white)
    page.rect(60, 610, 200, 30, fill=1, stroke=0)
    page.setFillColor(black)
    text = page.beginText(72, 560)
    text.textOut("Some words ")
    text.setFillColor(white)
    text.textOut("between ")
    text.setFillColor(black)
    text.textOut("stay.")
    page.drawText(text)
    text = page.beginText(72, 540)
    text.setTextRenderMode(3)
    text.textOut("Without paint.")
    page.drawText(text)
    page.save()
    expect(name, """
This line can be read.

White on blue can be read.

Some words stay.
""")


def english_typography():
    """Spaced letters, a raised exponent, turned text, a soft hyphen inside a word, a ligature."""
    name = "typography-english.pdf"
    page = canvas.Canvas(str(path_of(name)), **PAPER)
    text = page.beginText(72, 770)
    text.setFont("Helvetica-Bold", 18)
    text.setCharSpace(6)
    text.textOut("QUARTERLY REPORT")
    text.setCharSpace(0)
    page.drawText(text)
    text = page.beginText(72, 720)
    text.setFont("Helvetica", 11)
    text.textOut("The motor turns 10")
    text.setFont("Helvetica", 7)
    text.setRise(4)
    text.textOut("6")
    text.setFont("Helvetica", 11)
    text.setRise(0)
    text.textOut(" times before it needs a new bearing, and weighs little.")
    page.drawText(text)
    page.saveState()
    page.translate(40, 300)
    page.rotate(90)
    page.setFont("Helvetica", 11)
    page.drawString(0, 0, "Printed in Leeds")
    page.restoreState()
    page.save()
    expect(name, """
QUARTERLY REPORT

The motor turns 10⁶ times before it needs a new bearing, and weighs little.

Printed in Leeds
""")


def spanish_table():
    """A table with rules, cells of several lines, and empty cells."""
    name = "table-spanish.pdf"
    style = getSampleStyleSheet()
    cell = lambda text: Paragraph(text, style["BodyText"])
    rows = [
        ["Artículo", "Descripción", "Precio"],
        ["Silla", cell("Silla de madera con respaldo alto, hecha a mano en Toledo"), "89,00 €"],
        ["Mesa", "", "240,50 €"],
        ["Lámpara", cell("Lámpara de pie"), ""],
    ]
    table = Table(rows, colWidths=[90, 200, 80])
    table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, black)]))
    SimpleDocTemplate(str(path_of(name)), **PAPER).build([
        Paragraph("Precios de otoño", style["Heading1"]), table, Spacer(1, 20), Paragraph("Los precios incluyen el IVA.", style["BodyText"]),
    ])
    expect(name, """
Precios de otoño

Artículo | Descripción | Precio
Silla | Silla de madera con respaldo alto, hecha a mano en Toledo | 89,00 €
Mesa |  | 240,50 €
Lámpara | Lámpara de pie | 

Los precios incluyen el IVA.
""")


def english_scanned():
    """A page with text, two pages with a picture alone, and a page whose picture has recognised text behind it."""
    from PIL import Image

    name = "scanned-english.pdf"
    buffer = io.BytesIO()
    Image.new("L", (60, 80), 230).save(buffer, "PNG")
    page = canvas.Canvas(str(path_of(name)), **PAPER)
    page.setFont("Helvetica", 12)
    page.drawString(72, 770, "Cover letter with text.")
    page.showPage()
    for _ in range(2):
        page.drawImage(ImageReader(buffer), 0, 0, *A4)
        page.showPage()
    page.drawImage(ImageReader(buffer), 0, 0, *A4)
    text = page.beginText(72, 700)
    text.setFont("Helvetica", 12)
    text.setTextRenderMode(3)
    text.textOut("Recognised by a scanner.")
    page.drawText(text)
    page.showPage()
    page.save()
    expect(name, "Cover letter with text.\n\n\n\n\n\nRecognised by a scanner.")


def english_form():
    """What people fill into a form is not in the page's own text."""
    name = "form-english.pdf"
    page = canvas.Canvas(str(path_of(name)), **PAPER)
    page.setFont("Helvetica", 12)
    page.drawString(72, 770, "Name:")
    page.acroForm.textfield(name="name", value="Ann Birch", x=140, y=762, width=200, height=20)
    page.drawString(72, 730, "Please send the form to the office.")
    page.save()
    expect(name, """
Name: Ann Birch

Please send the form to the office.
""")


def german_hyphens():
    """LibreOffice divides words at the ends of lines."""
    name = "hyphens-german.pdf"
    paragraphs = [
        "Die Geschäftsführung beschließt über die Verteilung der Überschüsse, sofern die Gesellschafterversammlung nichts anderes bestimmt und der Jahresabschluss geprüft wurde.",
        "Kündigungsfristen richten sich nach der Betriebszugehörigkeit; E-Mail-Adressen werden nach dem Ausscheiden unverzüglich gelöscht.",
    ]
    texts = "".join(f'<text:p text:style-name="T">{text}</text:p>' for text in paragraphs)
    office(name, f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:mimetype="application/vnd.oasis.opendocument.text">
<office:automatic-styles><style:page-layout style:name="P"><style:page-layout-properties fo:page-width="9cm" fo:page-height="20cm" fo:margin="2cm"/></style:page-layout>
<style:style style:name="T" style:family="paragraph"><style:paragraph-properties fo:text-align="justify" fo:margin-bottom="0.4cm"/><style:text-properties fo:hyphenate="true" fo:hyphenation-remain-char-count="2" fo:hyphenation-push-char-count="2" fo:language="de" fo:country="DE" fo:font-size="11pt"/></style:style></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="P"/></office:master-styles>
<office:body><office:text><text:h text:outline-level="1">Satzung</text:h>{texts}</office:text></office:body></office:document>""", "fodt")
    expect(name, "Satzung\n\n" + "\n\n".join(paragraphs))


def russian_libreoffice():
    name = "report-russian.pdf"
    office(name, """<html lang="ru"><head><meta charset="utf-8"></head><body><h1>Отчёт</h1><p>За год продано <b>1204</b> билета.</p>
<ul><li>утренние сеансы</li><li>вечерние сеансы</li></ul><table border="1" cellpadding="4"><tr><th>Город</th><th>Билеты</th></tr><tr><td>Москва</td><td>800</td></tr><tr><td>Казань</td><td>404</td></tr></table></body></html>""",
           "html", "HTML (StarWriter)")
    expect(name, """
Отчёт

За год продано 1204 билета.

• утренние сеансы
• вечерние сеансы

Город | Билеты
Москва | 800
Казань | 404
""")


def french_groff():
    """Ghostscript writes what groff has set."""
    name = "lettre-french.pdf"
    source = """.ps 11
.ad l
.nh
.po 1i
.ll 6i
.pl 29c
Lyon, le 5 octobre
.sp 2
Chère Madame,
.sp
nous avons bien reçu votre commande du mois de septembre et nous vous en remercions. Les livres partiront demain matin.
.sp
Veuillez agréer nos salutations distinguées.
.br
La librairie
"""
    postscript = subprocess.run(["groff", "-Kutf8", "-Tps"], input=source.encode(), capture_output=True, check=True).stdout
    subprocess.run(["gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-sPAPERSIZE=a4", f"-sOutputFile={path_of(name)}", "-"],
                   input=postscript, check=True)
    expect(name, """
Lyon, le 5 octobre

Chère Madame,

nous avons bien reçu votre commande du mois de septembre et nous vous en remercions. Les livres partiront demain matin.

Veuillez agréer nos salutations distinguées.

La librairie
""")


def printed_pages():
    page = lambda language, body, direction="ltr": (
        f'<html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><style>body{{font-family:"DejaVu Sans","Noto Serif CJK JP"}}</style></head><body>{body}</body></html>'
    )
    chromium("page-greek.pdf", page("el", "<h1>Πρόγραμμα</h1><p>Η έκθεση ανοίγει στις 9 το πρωί και κλείνει στις 6.</p><ol><li>Είσοδος</li><li>Ξενάγηση</li></ol>"))
    expect("page-greek.pdf", "Πρόγραμμα\n\nΗ έκθεση ανοίγει στις 9 το πρωί και κλείνει στις 6.\n\n1. Είσοδος\n2. Ξενάγηση")
    chromium("page-arabic.pdf", page("ar", "<h1>إعلان</h1><p>يفتح المكتب في الساعة 9 صباحا كل يوم.</p>", "rtl"))
    expect("page-arabic.pdf", "إعلان\n\nيفتح المكتب في الساعة 9 صباحا كل يوم.")
    chromium("page-hebrew.pdf", page("he", "<h1>הודעה</h1><p>המשרד נפתח בשעה 10 בבוקר (חוץ משבת) ב-Tel Aviv.</p>", "rtl"))
    expect("page-hebrew.pdf", "הודעה\n\nהמשרד נפתח בשעה 10 בבוקר (חוץ משבת) ב-Tel Aviv.")
    japanese = "会議は来週の月曜日の午後二時から本社の大会議室で行いますので、関係者の皆様は必ず資料を持参してご出席くださいますようお願い申し上げます。"
    chromium("page-japanese.pdf", page("ja", f"<h1>お知らせ</h1><p>{japanese}</p>"))
    expect("page-japanese.pdf", f"お知らせ\n\n{japanese}")
    chinese = "请各部门负责人在本月底之前提交年度工作总结，并附上下一年度的预算申请表，逾期提交的材料将不予受理，特此通知。"
    chromium("page-chinese.pdf", page("zh", f"<h1>通知</h1><p>{chinese}</p><table cellpadding='8' border='1'><tr><th>部门</th><th>人数</th></tr><tr><td>销售部</td><td>12</td></tr><tr><td>财务部</td><td>7</td></tr></table>"))
    expect("page-chinese.pdf", f"通知\n\n{chinese}\n\n部门 | 人数\n销售部 | 12\n财务部 | 7")
    chromium("page-polish.pdf", page("pl", '<h1>Cennik</h1><ul><li>herbata<ul><li>zielona</li></ul></li><li>kawa</li></ul><table style="width:60%"><tr><td style="background:#123;color:#fff">Rodzaj</td><td style="background:#123;color:#fff">Cena</td></tr><tr><td>mała</td><td>8,50 zł</td></tr><tr><td>duża</td><td>12 zł</td></tr></table><p style="color:white">ukryte</p><p>Smacznego!</p>'))
    expect("page-polish.pdf", "Cennik\n\n• herbata\n  • zielona\n• kawa\n\nRodzaj | Cena\nmała | 8,50 zł\nduża | 12 zł\n\nSmacznego!")


def english_report():
    """A browser's print: columns between full lines, a table with cells of several lines, and one without rules."""
    name = "report-english.pdf"
    chromium(name, """<html><head><meta charset="utf-8"><style>body{font:11pt serif} .c{columns:2;text-align:justify} table{border-collapse:collapse;width:100%} td,th{border:1px solid #999;padding:4px;vertical-align:top}</style></head><body>
<h1>Annual Report 2024</h1><p><b>Abstract.</b> This report tells what happened in the year, which was good, and what will happen next, which nobody can know before it has come about.</p>
<div class="c"><h2>1 Introduction</h2><p>The company grew in all of its markets during the year. Revenue rose by twelve per cent to 4.2 million euros, and the number of customers doubled in the north of the country, where two new offices were opened in the spring.</p><p>Costs fell. The main reason is the price of energy, which had been unusually high in the year before; another is the new warehouse in Leeds, which needs fewer people than the old ones did.</p><h2>2 Outlook</h2><p>We expect the growth to continue. The board has approved an investment of two million euros into a new production line, which will be finished in the autumn of next year and employ sixty people.</p><ul><li>New line in autumn, with sixty jobs for people from the region around Leeds</li><li>No dividend</li></ul></div>
<h2>3 Figures</h2><table><tr><th>Region</th><th>Comment</th><th>Revenue</th></tr><tr><td>North</td><td>Two offices were opened in the spring, and the number of customers doubled within the year, which nobody had expected at all at the beginning of it</td><td>1,200</td></tr><tr><td>South</td><td>Flat</td><td>3,000</td></tr><tr><td colspan="2">Total</td><td>4,200</td></tr></table>
<table style="border:0;margin-top:20px"><tr><td style="border:0">Name</td><td style="border:0">Ann Birch</td></tr><tr><td style="border:0">Street</td><td style="border:0">1 High Road</td></tr></table>
<p style="text-align:right">Leeds, 5 October</p><p style="text-align:center">— end —</p>
</body></html>""")
    expect(name, """
Annual Report 2024

Abstract. This report tells what happened in the year, which was good, and what will happen next, which nobody can know before it has come about.

1 Introduction

The company grew in all of its markets during the year. Revenue rose by twelve per cent to 4.2 million euros, and the number of customers doubled in the north of the country, where two new offices were opened in the spring.

Costs fell. The main reason is the price of energy, which had been unusually high in the year before; another is the new warehouse in Leeds, which needs fewer people than the old ones did.

2 Outlook

We expect the growth to continue. The board has approved an investment of two million euros into a new production line, which will be finished in the autumn of next year and employ sixty people.

• New line in autumn, with sixty jobs for people from the region around Leeds
• No dividend

3 Figures

Region | Comment | Revenue
North | Two offices were opened in the spring, and the number of customers doubled within the year, which nobody had expected at all at the beginning of it | 1,200
South | Flat | 3,000
Total |  | 4,200

Name | Ann Birch
Street | 1 High Road

Leeds, 5 October

— end —
""")


def english_study():
    """A paper set by groff: a narrow column, numbered headings, a list, a table without rules, divided words."""
    name = "study-english.pdf"
    source = r""".TL
A Study of Rivers
.AU
Ann Birch
.AI
University of Leeds
.AB
Rivers carry sand. We measured how much of it a river carries in each of the four seasons of the year.
.AE
.2C
.NH
Introduction
.PP
Rivers have been studied for a long time, and most of what is known about them comes from observations that were made by farmers and millers, who needed to know when the water would rise.
.PP
In this paper we measure the amount of sand that a small river carries. The measurements were made at a bridge near the town of Otley between January and December.
.NH
Methods
.PP
We took one litre of water each morning and dried it. The remaining sand was weighed on a balance with a resolution of one milligram, and the temperature of the water was noted.
.IP 1.
First the bottle is rinsed twice with water from the river.
.IP 2.
Then it is filled and closed.
.PP
The results are listed in the table.
.TS
center;
l n.
Season	Sand
Winter	12.5
Spring	30.1
Summer	8.0
.TE
.NH
Conclusion
.PP
Spring brings most of the sand, as the snow of the hills melts and the river rises above its usual bed within a few days.
"""
    output = subprocess.run(["groff", "-ms", "-t", "-Kutf8", "-Tpdf"], input=source.encode(), capture_output=True, check=True).stdout
    path_of(name).write_bytes(output)
    expect(name, """
A Study of Rivers

Ann Birch

University of Leeds

ABSTRACT

Rivers carry sand. We measured how much of it a river carries in each of the four seasons of the year.

1. Introduction

Rivers have been studied for a long time, and most of what is known about them comes from observations that were made by farmers and millers, who needed to know when the water would rise.

In this paper we measure the amount of sand that a small river carries. The measurements were made at a bridge near the town of Otley between January and December.

2. Methods

We took one litre of water each morning and dried it. The remaining sand was weighed on a balance with a resolution of one milligram, and the temperature of the water was noted.

1. First the bottle is rinsed twice with water from the river.
2. Then it is filled and closed.

The results are listed in the table.

Season | Sand
Winter | 12.5
Spring | 30.1
Summer | 8.0

3. Conclusion

Spring brings most of the sand, as the snow of the hills melts and the river rises above its usual bed within a few days.
""")


def character_maps():
    """Fonts that are not embedded, with the character maps of Japanese, Chinese and Korean."""
    for name, font, lines in (
        ("maps-japanese.pdf", "HeiseiMin-W3", ["東京で会議を行います。", "来週の月曜日です。"]),
        ("maps-chinese.pdf", "STSong-Light", ["北京欢迎你。", "会议在星期一举行。"]),
        ("maps-korean.pdf", "HYSMyeongJo-Medium", ["서울에서 회의를 합니다.", "다음 주 월요일입니다."]),
    ):
        pdfmetrics.registerFont(UnicodeCIDFont(font))
        page = canvas.Canvas(str(path_of(name)), **PAPER)
        page.setFont(font, 12)
        for number, line in enumerate(lines):
            page.drawString(72, 700 - 40 * number, line)
        page.save()
        expect(name, "\n\n".join(lines))


def damaged():
    """Files that are refused."""
    folder = CORPUS.parent / "damaged"
    folder.mkdir(exist_ok=True)
    page = canvas.Canvas(str(folder / "encrypted.pdf"), encrypt=StandardEncryption("secret", canPrint=0), **PAPER)
    page.drawString(72, 770, "Nobody reads this.")
    page.save()
    page = canvas.Canvas(str(folder / "without-text.pdf"), **PAPER)
    page.rect(72, 600, 200, 100, fill=1)
    page.save()


for make in (damaged, english_report, english_study, character_maps, english_columns, english_unseen, english_typography, spanish_table, english_scanned, english_form,
             german_hyphens, russian_libreoffice, french_groff, printed_pages):
    make()
