"""What the scripts of this folder share: where files go, packages in Office Open XML, and other programs."""

import pathlib
import subprocess
import tempfile
import zipfile

CORPUS = pathlib.Path(__file__).parent.parent / "corpus"
FIXED_TIME = (2026, 1, 2, 3, 4, 6)


def path_of(name):
    path = CORPUS / name.rsplit(".", 1)[1] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def expect(name, text):
    """Stores what a person reads in the document, as the author of the document wrote it down."""
    path_of(name).with_suffix(".txt").write_text(text.strip("\n") + "\n", encoding="utf-8")


def package(name, parts):
    """Writes a package from its parts by name. A part is XML or bytes."""
    with zipfile.ZipFile(path_of(name), "w", zipfile.ZIP_DEFLATED) as target:
        for part, content in parts.items():
            target.writestr(zipfile.ZipInfo(part, FIXED_TIME), content, zipfile.ZIP_DEFLATED)


def relationships(*entries):
    """Takes pairs of a type's last word and a target; ids are r1, r2 and so on."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    items = "".join(
        f'<Relationship Id="r{index}" Type="{base}{kind}" Target="{target}"/>'
        for index, (kind, target) in enumerate(entries, 1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'


def edit(path, changes):
    """Rewrites parts of a package: `changes` maps a part's name to a function of its text."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for name, change in changes.items():
        parts[name] = change(parts.get(name, b"").decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name, FIXED_TIME), content, zipfile.ZIP_DEFLATED)


def pandoc(name, markdown, *options):
    source = "markdown-tex_math_dollars" if "--no-math" in options else "markdown"
    options = [option for option in options if option != "--no-math"]
    subprocess.run(
        ["pandoc", "-f", source, "-o", str(path_of(name)), *options], input=markdown.encode(), check=True
    )


def office(name, source, suffix, import_filter=None):
    """Lets LibreOffice convert a text in another format, such as HTML or flat OpenDocument."""
    with tempfile.TemporaryDirectory() as folder:
        stem = name.rsplit(".", 1)[0]
        path = pathlib.Path(folder) / f"{stem}.{suffix}"
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        if import_filter:
            command.append(f"--infilter={import_filter}")
        output = f"{folder}/output"
        subprocess.run(
            [*command, "--convert-to", name.rsplit(".", 1)[1], "--outdir", output, str(path)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        path_of(name).write_bytes((pathlib.Path(output) / name).read_bytes())


def chromium(name, html):
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "page.html"
        page.write_text(html, encoding="utf-8")
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
             f"--user-data-dir={folder}/profile", f"--print-to-pdf={path_of(name)}", str(page)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
