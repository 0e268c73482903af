"""PDF files that are made to hurt their reader: bombs, circles, lies about lengths. Small on disk."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pikepdf


def build(objects: dict[int, bytes], trailer: bytes = b"", root: int = 1) -> bytes:
    """A file of these objects with a proper table; object 1 is the catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in objects.items():
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start, size = out.tell(), max(objects) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    for number in range(1, size):
        out.write(b"%010d 00000 n \n" % places.get(number, 0))
    out.write(b"trailer\n<</Size %d /Root %d 0 R %s>>\n" % (size, root, trailer))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(data), entries, data)


def page(contents: bytes, resources: bytes = b"<<>>", box: bytes = b"[0 0 300 200]", **more: bytes) -> bytes:
    """A file of one page."""
    objects = {
        1: b"<</Type /Catalog /Pages 2 0 R>>",
        2: b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        3: b"<</Type /Page /Parent 2 0 R /MediaBox %s /Contents 4 0 R /Resources %s>>" % (box, resources),
        4: contents,
    }
    return build(objects | {int(name[1:]): body for name, body in more.items()})


def _chain(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return data


def flate_chain() -> bytes:
    """A quarter of a gigabyte within two layers of compression."""
    inner = zlib.compressobj(9)
    block = bytes(1 << 20)
    packed = b"".join(inner.compress(block) for _ in range(256)) + inner.flush()
    data = zlib.compress(packed, 9)
    return page(stream(data, b"/Filter [/FlateDecode /FlateDecode]"))


def many_filters() -> bytes:
    data = _chain(bytes(1 << 22), 3)
    return page(stream(data, b"/Filter [" + b"/FlateDecode " * 3 + b"/ASCIIHexDecode " * 500 + b"]"))


def huge_image() -> bytes:
    """A picture said to be four thousand million pixels."""
    image = stream(
        zlib.compress(bytes(1 << 20), 9),
        b"/Type /XObject /Subtype /Image /Width 65535 /Height 65535 /BitsPerComponent 8"
        b" /ColorSpace /DeviceRGB /Filter /FlateDecode",
    )
    return page(stream(b"q 300 0 0 200 0 0 cm /I Do Q"), b"<</XObject <</I 5 0 R>>>>", n5=image)


def form_in_itself() -> bytes:
    """A form that draws itself, and another that draws itself twice through a second."""
    body = b"/F Do /G Do /F Do"
    entries = (
        b"/Type /XObject /Subtype /Form /BBox [0 0 300 200] /Resources <</XObject <</F 5 0 R /G 6 0 R>>>>"
    )
    return page(
        stream(b"/F Do"),
        b"<</XObject <</F 5 0 R /G 6 0 R>>>>",
        n5=stream(body, entries),
        n6=stream(body, entries),
    )


def laughing_forms() -> bytes:
    """Thirty forms, each draws the next one ten times."""
    more = {}
    for number in range(5, 35):
        resources = b"/Resources <</XObject <</N %d 0 R>>>>" % (number + 1)
        body = b"/N Do " * 10 if number < 34 else b"0 0 1 1 re f"
        more[f"n{number}"] = stream(body, b"/Type /XObject /Subtype /Form /BBox [0 0 300 200] " + resources)
    return page(stream(b"/N Do"), b"<</XObject <</N 5 0 R>>>>", **more)


def pattern_storm() -> bytes:
    pattern = stream(
        b"0 0 0.0001 0.0001 re f",
        b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 .0001 .0001] /XStep .0001 /YStep .0001"
        b" /Resources <<>>",
    )
    return page(stream(b"/Pattern cs /P scn 0 0 300 200 re f"), b"<</Pattern <</P 5 0 R>>>>", n5=pattern)


def endless_content() -> bytes:
    """Ten million drawing operators within a few kilobytes."""
    return page(stream(zlib.compress(b"0 0 m 9 9 l S " * 3_000_000, 9), b"/Filter /FlateDecode"))


def endless_text() -> bytes:
    body = (
        b"BT /F 9 Tf "
        + b"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj " * 300_000
        + b"ET"
    )
    font = b"<</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>"
    return page(stream(zlib.compress(body, 9), b"/Filter /FlateDecode"), font)


def huge_page() -> bytes:
    return page(stream(b"0 0 9 9 re f"), box=b"[0 0 99999999999 99999999999]")


def million_pages() -> bytes:
    """One page said to be there a million times."""
    return build(
        {
            1: b"<</Type /Catalog /Pages 2 0 R>>",
            2: b"<</Type /Pages /Count 1000000 /Kids [" + b"3 0 R " * 200_000 + b"]>>",
            3: b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>>",
        }
    )


def tree_in_a_circle() -> bytes:
    return build(
        {
            1: b"<</Type /Catalog /Pages 2 0 R>>",
            2: b"<</Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R>>",
        }
    )


def deep_tree() -> bytes:
    depth = 4000
    objects = {1: b"<</Type /Catalog /Pages 2 0 R>>"}
    for number in range(2, depth):
        objects[number] = b"<</Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R>>" % (
            number + 1,
            max(2, number - 1),
        )
    objects[depth] = b"<</Type /Page /Parent %d 0 R /MediaBox [0 0 9 9]>>" % (depth - 1)
    return build(objects)


def nested_array() -> bytes:
    return build(
        {
            1: b"<</Type /Catalog /Pages 2 0 R /X " + b"[" * 200_000 + b"]" * 200_000 + b">>",
            2: b"<</Type /Pages /Kids [] /Count 0>>",
        }
    )


def nested_fields() -> bytes:
    """A form whose fields run in a circle."""
    return build(
        {
            1: b"<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [3 0 R]>>>>",
            2: b"<</Type /Pages /Kids [] /Count 0>>",
            3: b"<</T (a) /Kids [3 0 R 4 0 R]>>",
            4: b"<</T (b) /Parent 3 0 R /Kids [3 0 R]>>",
        }
    )


def names_in_a_circle() -> bytes:
    return build(
        {
            1: b"<</Type /Catalog /Pages 2 0 R /Names <</EmbeddedFiles 3 0 R>>>>",
            2: b"<</Type /Pages /Kids [] /Count 0>>",
            3: b"<</Kids [" + b"3 0 R " * 60 + b"]>>",
        }
    )


def reference_to_itself() -> bytes:
    return build({1: b"1 0 R"})


def references_in_a_circle() -> bytes:
    return build({1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"3 0 R", 3: b"2 0 R"})


def length_in_a_circle() -> bytes:
    """The length of a stream stands in that stream."""
    return page(b"<</Length 4 0 R>>\nstream\nabc\nendstream")


def table_in_a_circle() -> bytes:
    """Cross references whose previous ones are themselves."""
    whole = build(
        {1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"<</Type /Pages /Kids [] /Count 0>>"}, b"/Prev 0000000000"
    )
    start = whole.rindex(b"\nxref") + 1
    return whole.replace(b"/Prev 0000000000", b"/Prev %010d" % start)


def table_too_large() -> bytes:
    whole = build({1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"<</Type /Pages /Kids [] /Count 0>>"})
    return whole.replace(b"xref\n0 3\n", b"xref\n0 999999999\n")


def object_stream_in_itself() -> bytes:
    """An object stream that holds its own number, named by a cross-reference stream with absurd widths."""
    body = b"5 0 <</Type /Catalog /Pages 5 0 R>>"
    objects = b"%PDF-1.7\n"
    at = len(objects)
    objects += b"5 0 obj\n" + stream(body, b"/Type /ObjStm /N 1 /First 4 /Extends 5 0 R") + b"\nendobj\n"
    start = len(objects)
    rows = (
        b"".join(bytes([2, 0, 5, 0]) for _ in range(5))
        + bytes([2, 0, 5, 0])
        + bytes([1, start >> 8, start & 255, 0])
    )
    objects += b"6 0 obj\n" + stream(rows, b"/Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R") + b"\nendobj\n"
    del at
    return objects + b"startxref\n%d\n%%%%EOF\n" % start


def many_revisions() -> bytes:
    """A thousand updates, each a few bytes."""
    whole = build({1: b"<</Type /Catalog /Pages 2 0 R>>", 2: b"<</Type /Pages /Kids [] /Count 0>>"})
    previous = whole.rindex(b"\nxref") + 1
    for _ in range(1000):
        start = len(whole)
        whole += b"xref\n0 0\ntrailer\n<</Size 3 /Root 1 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
            previous,
            start,
        )
        previous = start
    return whole


def predictor_lies() -> bytes:
    """Widths that ask for rows of two thousand million bytes."""
    parameters = b"/DecodeParms <</Predictor 15 /Columns 2147483647 /Colors 32 /BitsPerComponent 16>>"
    return page(stream(zlib.compress(bytes(1000)), b"/Filter /FlateDecode " + parameters))


def many_fields() -> bytes:
    """Ten thousand signature fields of one value."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    value = pdf.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=[0, 1, 2, 3], Contents=b"\x30\x00")
    )
    pdf.Root.AcroForm = pikepdf.Dictionary(
        Fields=[
            pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=f"s{n}", V=value))
            for n in range(10_000)
        ]
    )
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def white_space() -> bytes:
    return b"%PDF-1.7\n" + b" " * (8 << 20) + b"startxref\n0\n%%EOF\n"


def brackets() -> bytes:
    return b"%PDF-1.7\n" + b"<<" * (1 << 20) + b"startxref\n9\n%%EOF\n"


HURTING: dict[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        flate_chain, many_filters, huge_image, form_in_itself, laughing_forms, pattern_storm, endless_content, endless_text,
        huge_page, million_pages, tree_in_a_circle, deep_tree, nested_array, nested_fields, names_in_a_circle,
        reference_to_itself, references_in_a_circle, length_in_a_circle, table_in_a_circle, table_too_large,
        object_stream_in_itself, many_revisions, predictor_lies, many_fields, white_space, brackets,
    )
}  # fmt: skip
