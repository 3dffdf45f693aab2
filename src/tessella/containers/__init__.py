"""What credentials travel in: pictures, PDF attachments, archives, mails, JSON envelopes, QR codes.

::

    detect      what a file is
    extract     everything in an upload that can be a credential
    bake_png, bake_svg, read_png, read_svg     credentials in pictures (Open Badges)
    pages_of, codes_in     what the pages of a PDF show
    read_pdf, read_mail, list_zip, read_zip, credentials_in, read_qr, make_qr

No cryptography and no knowledge of formats: what is found is handed on byte for byte. Uploads come from strangers, so
everything that unpacks, nests or expands has a limit.
"""

from tessella.containers._limits import (
    MAX_DEPTH,
    MAX_FILE_BYTES,
    MAX_FOUND,
    MAX_MAIL_PARTS,
    MAX_MAIL_WORK,
    MAX_MAILS,
    MAX_OPENED_BYTES,
    MAX_PARTS,
    MAX_PIXELS,
    MAX_RATIO,
    MAX_TEXT_BYTES,
    MAX_ZIP_BYTES,
    MAX_ZIP_MEMBERS,
)
from tessella.containers.archive import Member, list_zip, read_zip
from tessella.containers.baking import Baked, Carrier
from tessella.containers.envelopes import credentials_in
from tessella.containers.extraction import Extracted, extract
from tessella.containers.kinds import Kind, detect
from tessella.containers.mail import MailPart, is_mail, read_mail
from tessella.containers.pages import PageLine, PdfPage, codes_in, pages_of
from tessella.containers.pdf import Attachment, read_pdf
from tessella.containers.png import bake_png, read_png
from tessella.containers.qr import MAX_QR_BYTES, make_qr, read_qr
from tessella.containers.svg import bake_svg, read_svg

__all__ = [
    "MAX_DEPTH",
    "MAX_FILE_BYTES",
    "MAX_FOUND",
    "MAX_MAILS",
    "MAX_MAIL_PARTS",
    "MAX_MAIL_WORK",
    "MAX_OPENED_BYTES",
    "MAX_PARTS",
    "MAX_PIXELS",
    "MAX_QR_BYTES",
    "MAX_RATIO",
    "MAX_TEXT_BYTES",
    "MAX_ZIP_BYTES",
    "MAX_ZIP_MEMBERS",
    "Attachment",
    "Baked",
    "Carrier",
    "Extracted",
    "Kind",
    "MailPart",
    "Member",
    "PageLine",
    "PdfPage",
    "bake_png",
    "bake_svg",
    "codes_in",
    "credentials_in",
    "detect",
    "extract",
    "is_mail",
    "list_zip",
    "make_qr",
    "pages_of",
    "read_mail",
    "read_pdf",
    "read_png",
    "read_qr",
    "read_svg",
    "read_zip",
]
