"""Makes the workbooks of the corpus."""

import datetime
import io

import openpyxl
from openpyxl.styles import Font, PatternFill

from corpus import edit, expect, office, package, path_of, relationships

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def german_sales():
    """Dates in German formats, percentages, amounts; a title above the table and a remark below."""
    name = "sales-german.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Umsätze"
    sheet["B2"] = "Umsatz je Auftrag"
    sheet.append([])
    rows = [
        ["Datum", "Lieferung", "Kunde", "Betrag", "Anteil"],
        [datetime.date(2024, 10, 5), datetime.date(2024, 3, 1), "Müller & Söhne", 1234.5, 0.125],
        [datetime.date(2024, 2, 29), datetime.date(2024, 12, 24), "Groß GmbH", -99, 0.5],
    ]
    for number, row in enumerate(rows, 4):
        for column, value in enumerate(row, 2):
            cell = sheet.cell(number, column, value)
            if number > 4:
                cell.number_format = [None, None, "dd.mm.yyyy", "[$-407]d. mmmm yyyy;@", "General", '#,##0.00 "€"', "0.0%"][column]
    sheet["B9"] = "Alle Beträge ohne Steuer."
    book.create_sheet("Leer")
    book.save(path_of(name))
    expect(name, """
Umsatz je Auftrag

Datum | Lieferung | Kunde | Betrag | Anteil
05.10.2024 | 1. März 2024 | Müller & Söhne | 1,234.50 € | 12.5%
29.02.2024 | 24. Dezember 2024 | Groß GmbH | -99.00 € | 50.0%

Alle Beträge ohne Steuer.
""")


def french_merged():
    """Merged cells, over rows, over columns, and with an old value under them."""
    name = "merged-french.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Équipes"
    for row in [
        ["Région", "Ville", "Responsable"],
        ["Nord", "Lille", "Zoé"],
        [None, "Arras", "Noël"],
        ["Sud (toutes les villes)", None, "Chloé"],
    ]:
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("A4:B4")
    book.save(path_of(name))
    edit(path_of(name), {"xl/worksheets/sheet1.xml": lambda text: text.replace('<c r="B4"/>', '<c r="B4" t="inlineStr"><is><t>caché</t></is></c>').replace('<c r="B4" />', '<c r="B4" t="inlineStr"><is><t>caché</t></is></c>')})
    expect(name, """
Région | Ville | Responsable
Nord | Lille | Zoé
 | Arras | Noël
Sud (toutes les villes) |  | Chloé
""")


def english_hidden():
    """A hidden sheet, row and column, white text, white text on blue, and a formula without a result."""
    name = "hidden-english.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Staff"
    for row in [
        ["Name", "Salary", "Office"],
        ["Ann", 100, "Leeds"],
        ["Secret row", 200, "York"],
        ["Bob", 300, "Hull"],
    ]:
        sheet.append(row)
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = True
    for cell in sheet[1]:
        cell.font = Font(color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F3864")
    sheet["A6"] = "white on white"
    sheet["A6"].font = Font(color="FFFFFFFF")
    sheet["A8"] = "=1+1"
    sheet["A9"] = "Checked by hand"
    secret = book.create_sheet("Plans")
    secret["A1"] = "hidden sheet"
    secret.sheet_state = "hidden"
    book.save(path_of(name))
    expect(name, """
Name | Office
Ann | Leeds
Bob | Hull

Checked by hand
""")


def spanish_libreoffice():
    name = "prices-spanish.xlsx"
    office(name, """<html><head><meta charset="utf-8"></head><body><table>
<tr><td><b>Artículo</b></td><td><b>Precio</b></td><td><b>Stock</b></td></tr>
<tr><td>Piña</td><td>3</td><td>Sí</td></tr><tr><td>Jamón ibérico</td><td>89</td><td>No</td></tr></table></body></html>""",
           "html", "HTML (StarCalc)")
    expect(name, """
Artículo | Precio | Stock
Piña | 3 | Sí
Jamón ibérico | 89 | No
""")


def workbook_parts(sheet, shared=None, prefix="", attributes=""):
    colon = f"{prefix}:" if prefix else ""
    space = f'xmlns{":" + prefix if prefix else ""}="{MAIN}"'
    links = [("worksheet", "worksheets/sheet1.xml")] + ([("sharedStrings", "sharedStrings.xml")] if shared else [])
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": relationships(*links),
        "xl/workbook.xml": f'<{colon}workbook {space} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><{colon}sheets><{colon}sheet name="Blad" sheetId="1" r:id="r1"/></{colon}sheets></{colon}workbook>',
        "xl/worksheets/sheet1.xml": f"<{colon}worksheet {space}>{sheet}</{colon}worksheet>",
    }
    if shared:
        parts["xl/sharedStrings.xml"] = f"<sst {space}>{shared}</sst>"
    return parts


def japanese_readings():
    """Excel stores the reading of a word beside it, in the same string."""
    name = "readings-japanese.xlsx"
    shared = (
        "<si><t>氏名</t><rPh sb=\"0\" eb=\"2\"><t>シメイ</t></rPh><phoneticPr fontId=\"1\"/></si>"
        "<si><t>部署</t></si>"
        "<si><r><t>山田</t></r><r><rPr><b/></rPr><t>太郎</t></r><rPh sb=\"0\" eb=\"2\"><t>ヤマダ</t></rPh></si>"
        "<si><t>営業部</t></si>"
    )
    sheet = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row></sheetData>'
    )
    package(name, workbook_parts(sheet, shared))
    expect(name, """
氏名 | 部署
山田太郎 | 営業部
""")


def dutch_prefixed():
    """With a prefix on each element, as the Open XML SDK writes."""
    name = "prefixed-dutch.xlsx"
    cell = lambda ref, text: f'<x:c r="{ref}" t="inlineStr"><x:is><x:t>{text}</x:t></x:is></x:c>'
    sheet = (
        f'<x:sheetData><x:row r="1">{cell("A1", "Plaats")}{cell("B1", "Inwoners")}</x:row>'
        f'<x:row r="2">{cell("A2", "Utrecht")}<x:c r="B2"><x:v>361924</x:v></x:c></x:row>'
        f'<x:row r="3">{cell("A3", "’s-Gravenhage")}<x:c r="B3"><x:v>1234567890123</x:v></x:c></x:row></x:sheetData>'
    )
    package(name, workbook_parts(sheet, prefix="x"))
    expect(name, """
Plaats | Inwoners
Utrecht | 361924
’s-Gravenhage | 1234567890123
""")


def many_languages():
    name = "greetings-many.xlsx"
    book = openpyxl.Workbook()
    book.remove(book.active)
    words = {
        "العربية": [["الكلمة", "المعنى"], ["مرحبا", "تحية"]],
        "中文": [["词语", "意思"], ["你好", "问候"]],
        "हिन्दी": [["शब्द", "अर्थ"], ["नमस्ते", "अभिवादन"]],
        "Русский": [["Слово", "Смысл"], ["Здравствуйте", "приветствие"]],
        "Ελληνικά": [["Λέξη", "Σημασία"], ["Γεια σας", "χαιρετισμός"]],
    }
    for title, rows in words.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path_of(name))
    expect(name, "\n\n".join("\n".join(" | ".join(row) for row in rows) for rows in words.values()))


def polish_times():
    """Times, durations, fractions, leading zeros, scientific numbers, errors, truth values, two tables, years as a header."""
    name = "times-polish.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Czas"
    rows = [
        (["Rodzaj", "Wartość"], None),
        (["godzina", datetime.time(13, 5)], "hh:mm"),
        (["czas trwania", datetime.timedelta(hours=30, minutes=15)], "[h]:mm"),
        (["data i godzina", datetime.datetime(2024, 3, 31, 2, 30)], "d.m.yyyy h:mm"),
        (["miesiąc", datetime.date(2024, 5, 1)], "[$-415]mmmm yyyy"),
        (["data systemowa", datetime.date(2024, 5, 1)], "mm-dd-yy"),
        (["kod", 421], "00000"),
        (["ułamek", 0.75], "# ?/?"),
        (["błąd", "#N/A"], None),
        (["prawda", True], None),
        (["sztuki", 12], 'General "szt."'),
        (["małe", 0.1 + 0.2], None),
    ]
    for number, (row, form) in enumerate(rows, 1):
        sheet.append(row)
        if form:
            sheet.cell(number, 2).number_format = form
    sheet["A15"], sheet["B15"], sheet["C15"] = "Miasto", 2023, 2024
    sheet["A16"], sheet["B16"], sheet["C16"] = "Łódź", 5, 7
    book.save(path_of(name))
    expect(name, """
Rodzaj | Wartość
godzina | 13:05
czas trwania | 30:15
data i godzina | 31.3.2024 2:30
miesiąc | maj 2024
data systemowa | 2024-05-01
kod | 00421
ułamek | 3/4
błąd | #N/A
prawda | TRUE
sztuki | 12 szt.
małe | 0.3

Miasto | 2023 | 2024
Łódź | 5 | 7
""")


for make in (german_sales, french_merged, english_hidden, spanish_libreoffice, japanese_readings, dutch_prefixed,
             many_languages, polish_times):
    make()
