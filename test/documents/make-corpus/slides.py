"""Makes the presentations of the corpus."""

import pathlib
import subprocess
import tempfile

from corpus import expect, package, pandoc, path_of, relationships

SPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
CM = 360000


def shape(text, x, y, width=8, height=2, kind=None, extra="", fill="", hidden=""):
    paragraphs = text if text.startswith("<a:p>") else "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    placeholder = f'<p:ph type="{kind}"/>' if kind else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="x"{hidden}/><p:cNvSpPr/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{int(x * CM)}" y="{int(y * CM)}"/><a:ext cx="{int(width * CM)}" cy="{int(height * CM)}"/></a:xfrm>{fill}</p:spPr>'
        f"<p:txBody><a:bodyPr/>{paragraphs}</p:txBody></p:sp>"
    )


def frame(content, x=1, y=5):
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="9" name="f"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>'
        f'<p:xfrm><a:off x="{int(x * CM)}" y="{int(y * CM)}"/><a:ext cx="{10 * CM}" cy="{4 * CM}"/></p:xfrm>'
        f"<a:graphic><a:graphicData>{content}</a:graphicData></a:graphic></p:graphicFrame>"
    )


def presentation(name, slides, order=None, extra=None, links=None, notes=None):
    """Takes the shapes of each slide, with attributes of the slide after a bar: ("shapes", 'show="0"')."""
    count = len(slides)
    order = order or range(1, count + 1)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f'<p:presentation {SPACES}><p:sldIdLst>'
        + "".join(f'<p:sldId id="{255 + number}" r:id="r{number}"/>' for number in order)
        + f'</p:sldIdLst><p:sldSz cx="{32 * CM}" cy="{18 * CM}"/></p:presentation>',
        "ppt/_rels/presentation.xml.rels": relationships(*[("slide", f"slides/slide{number}.xml") for number in range(1, count + 1)]),
    }
    for number, slide in enumerate(slides, 1):
        shapes, attributes = slide if isinstance(slide, tuple) else (slide, "")
        parts[f"ppt/slides/slide{number}.xml"] = f"<p:sld {SPACES} {attributes}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        own = list((links or {}).get(number, []))
        if notes and number in notes:
            own.append(("notesSlide", f"../notesSlides/notesSlide{number}.xml"))
            parts[f"ppt/notesSlides/notesSlide{number}.xml"] = (
                f"<p:notes {SPACES}><p:cSld><p:spTree>{shape(notes[number], 0, 0, kind='body')}{shape('3', 0, 0, kind='sldNum')}</p:spTree></p:cSld></p:notes>"
            )
        if own:
            parts[f"ppt/slides/_rels/slide{number}.xml.rels"] = relationships(*own)
    parts.update(extra or {})
    package(name, parts)


def english_pandoc():
    name = "training-english.pptx"
    pandoc(name, """% Fire safety

## In an emergency

- Leave the building
    - by the stairs
    - without your bags
- Go to the meeting point

::: notes
Show the map.
:::

## Numbers

| Floor | People |
|-------|--------|
| 1     | 20     |
| 2     | 35     |
""")
    expect(name, """
Fire safety

In an emergency

• Leave the building
  • by the stairs
  • without your bags
• Go to the meeting point

Show the map.

Numbers

Floor | People
1 | 20
2 | 35
""")


def german_libreoffice():
    name = "quartal-german.pptx"
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "source.pptx"
        subprocess.run(
            ["pandoc", "-f", "markdown", "-o", str(source)], check=True,
            input="## Quartalszahlen\n\n1. Umsatz stieg um 12 %\n2. Kosten fielen\n\n## Ausblick\n\nÜbernahme geplant für März.\n".encode(),
        )
        output = pathlib.Path(folder) / "quartal-german"
        for target in ("odp", "pptx"):
            subprocess.run(
                ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", target,
                 "--outdir", str(output), str(source)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            source = output / f"source.{target}"
        path_of(name).write_bytes(source.read_bytes())
    expect(name, """
Quartalszahlen

1. Umsatz stieg um 12 %
2. Kosten fielen

Ausblick

Übernahme geplant für März.
""")


def french_positions():
    """Painted in another order than read; a group; hidden and outside shapes; a hidden slide; white text."""
    name = "positions-french.pptx"
    white = '<a:p><a:r><a:rPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></a:rPr><a:t>{}</a:t></a:r></a:p>'
    blue = '<a:solidFill><a:srgbClr val="1F3864"/></a:solidFill>'
    group = (
        f'<p:grpSp><p:nvGrpSpPr><p:cNvPr id="5" name="g"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="{CM}" y="{10 * CM}"/><a:ext cx="{20 * CM}" cy="{2 * CM}"/><a:chOff x="0" y="0"/><a:chExt cx="{40 * CM}" cy="{4 * CM}"/></a:xfrm></p:grpSpPr>'
        + shape("Groupe, à droite", 20, 0, 10, 4) + shape("Groupe, à gauche", 0, 0, 10, 4) + "</p:grpSp>"
    )
    slide = (
        shape("Bas de page : trois idées", 1, 15)
        + group
        + shape("Colonne droite", 16, 4)
        + shape("Colonne gauche", 1, 4.2)
        + shape("Hors de la diapositive", 40, 4)
        + shape("Forme cachée", 1, 6, hidden=' hidden="1"')
        + shape(white.format("Blanc sur blanc"), 1, 8)
        + shape(white.format("Blanc sur bleu"), 16, 12.5, fill=blue)
        + shape("Idées pour l’été", 1, 1, kind="title")
        + shape("2", 30, 17, kind="sldNum")
    )
    presentation(name, [slide, (shape("Diapositive cachée", 1, 1), 'show="0"'), shape("Fin", 1, 1, kind="title")])
    expect(name, """
Idées pour l’été

Colonne gauche

Colonne droite

Groupe, à gauche

Groupe, à droite

Blanc sur bleu

Bas de page : trois idées

Fin
""")


def russian_order():
    """The order of the slides is not that of their names."""
    name = "order-russian.pptx"
    presentation(name, [shape("Заключение", 1, 1, kind="title"), shape("Введение", 1, 1, kind="ctrTitle"), shape("Основная часть", 1, 1, kind="title")],
                 order=[2, 3, 1], notes={2: "Поздороваться с гостями."})
    expect(name, """
Введение

Поздороваться с гостями.

Основная часть

Заключение
""")


def polish_table():
    """Merged cells, automatic numbers, levels, a superscript, a line break."""
    name = "table-polish.pptx"
    cell = lambda text, attributes="": f"<a:tc {attributes}><a:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"
    table = (
        '<a:tbl><a:tblPr firstRow="1"/><a:tr>' + cell("Miasto") + cell("Osoby", 'gridSpan="2"') + cell("", 'hMerge="1"') + "</a:tr>"
        "<a:tr>" + cell("Łódź", 'rowSpan="2"') + cell("Ala") + cell("10") + "</a:tr>"
        "<a:tr>" + cell("", 'vMerge="1"') + cell("Żaneta") + cell("12") + "</a:tr></a:tbl>"
    )
    number = lambda text, kind, depth=0, start="": f'<a:p><a:pPr lvl="{depth}"><a:buAutoNum type="{kind}"{start}/></a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>'
    list_text = (
        number("pierwszy", "arabicPeriod") + number("pod pierwszym", "alphaLcParenR", 1) + number("pod pierwszym też", "alphaLcParenR", 1)
        + number("drugi", "arabicPeriod")
        + '<a:p><a:r><a:t>Powierzchnia 10</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>6</a:t></a:r><a:r><a:t> m</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>2</a:t></a:r><a:br/><a:r><a:t>w przybliżeniu</a:t></a:r></a:p>'
    )
    presentation(name, [shape("Zespół", 1, 1, kind="title") + frame(table) + shape(list_text, 1, 12)])
    expect(name, """
Zespół

Miasto | Osoby | 
Łódź | Ala | 10
 | Żaneta | 12

1. pierwszy
  a) pod pierwszym
  b) pod pierwszym też
2. drugi

Powierzchnia 10⁶ m²
w przybliżeniu
""")


def spanish_chart():
    """A chart's stored values and a SmartArt diagram."""
    name = "chart-spanish.pptx"
    c = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    points = lambda values: "".join(f'<c:pt idx="{index}"><c:v>{value}</c:v></c:pt>' for index, value in enumerate(values))
    series = lambda title, values, code="General": (
        f"<c:ser><c:tx><c:strRef><c:strCache>{points([title])}</c:strCache></c:strRef></c:tx>"
        f'<c:cat><c:strRef><c:strCache>{points(["Enero", "Febrero"])}</c:strCache></c:strRef></c:cat>'
        f"<c:val><c:numRef><c:numCache><c:formatCode>{code}</c:formatCode>{points(values)}</c:numCache></c:numRef></c:val></c:ser>"
    )
    chart = (
        f'<c:chartSpace {c} {SPACES}><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Ventas por mes</a:t></a:r></a:p></c:rich></c:tx></c:title>'
        f'<c:plotArea><c:barChart>{series("Niños", [8.1999999999999993, 3])}{series("Cuota", [0.25, 0.5], "0%")}</c:barChart></c:plotArea></c:chart></c:chartSpace>'
    )
    d = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    point = lambda key, text="", kind="": f'<dgm:pt modelId="{key}"{kind}><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>'
    link = lambda source, target, order: f'<dgm:cxn modelId="c{target}" srcId="{source}" destId="{target}" srcOrd="{order}"/>'
    root = ' type="doc"'
    diagram = (
        f'<dgm:dataModel xmlns:dgm="{d}" {SPACES}><dgm:ptLst>{point("3", "Compañía")}{point("1", "", root)}{point("2", "Dirección")}{point("4", "Diseño")}</dgm:ptLst>'
        f'<dgm:cxnLst>{link("1", "2", 0)}{link("1", "3", 1)}{link("2", "4", 0)}</dgm:cxnLst></dgm:dataModel>'
    )
    slides = [
        shape("Resultados", 1, 1, kind="title") + frame(f'<c:chart {c} r:id="r1"/>'),
        shape("Organización", 1, 1, kind="title") + frame(f'<dgm:relIds xmlns:dgm="{d}" r:dm="r1"/>'),
    ]
    presentation(name, slides, extra={"ppt/charts/chart1.xml": chart, "ppt/diagrams/data1.xml": diagram},
                 links={1: [("chart", "../charts/chart1.xml")], 2: [("diagramData", "../diagrams/data1.xml")]})
    expect(name, """
Resultados

Ventas por mes

 | Niños | Cuota
Enero | 8.2 | 25%
Febrero | 3 | 50%

Organización

• Dirección
  • Diseño
• Compañía
""")


def other_scripts():
    for name, title, text in (
        ("plan-arabic.pptx", "خطة العمل", "نبدأ يوم الأحد القادم."),
        ("plan-hebrew.pptx", "תוכנית עבודה", "מתחילים ביום ראשון."),
        ("plan-chinese.pptx", "工作计划", "我们从星期一开始。"),
    ):
        presentation(name, [shape(text, 1, 5) + shape(title, 1, 1, kind="title")])
        expect(name, f"{title}\n\n{text}")


for make in (english_pandoc, german_libreoffice, french_positions, russian_order, polish_table, spanish_chart, other_scripts):
    make()
