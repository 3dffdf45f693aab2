"""Write the bundled class list. Everybody on it is invented; run again only to change the list.

python tools/make_class_list.py
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

TARGET = Path(__file__).resolve().parent.parent / "src/tessella/cli/example/class-list.xlsx"
HEADER = (
    "Given name",
    "Family name",
    "Name in Latin letters",
    "Date of birth",
    "E-mail",
    "European Student Identifier",
    "Language",
    "Assessment date",
    "Grade",
    "Result",
)
DAY = dt.date(2026, 11, 6)
ESI = "urn:schac:personalUniqueCode:int:esi:twickel.example:"
LEARNERS: tuple[tuple[str | None, ...], ...] = (
    ("Sanne", "de Vries", None, "1994-03-14", "sanne.devries@example.org", ESI + "2609001", "nl", "8.1"),
    ("Anna", "Jansen", None, "1997-11-02", "anna.jansen@example.org", ESI + "2609002", "nl", "7.4"),
    ("Anna", "Jansen", None, "2001-05-23", "a.jansen@example.com", ESI + "2609003", "nl", "6.8"),
    ("Bram", "van der Meulen", None, "1988-07-30", "bram.vdm@example.org", None, "nl", "7.9"),
    ("Suharto", None, None, "1990-01-19", "suharto@example.org", None, "en", "8.6"),
    ("Ελένη", "Παπαδοπούλου", "Eleni Papadopoulou", "1992-09-08", "eleni.p@example.org", None, "el", "9.0"),
    ("Олена", "Шевченко", "Olena Shevchenko", "1995-12-24", "olena.s@example.org", None, "en", "8.3"),
    ("ليلى", "حداد", "Layla Haddad", "1998-04-17", "layla.haddad@example.org", None, "en", "7.2"),
    ("प्रिया", "शर्मा", "Priya Sharma", "1993-06-11", "priya.sharma@example.org", None, "en", "8.8"),
    ("Jürgen", "Müller-Lüdenscheidt", None, "1979-02-28", "j.mueller@example.org", None, "de", "6.5"),
    ("Siobhán", "Ní Bhriain", None, "1991-10-05", "siobhan@example.org", None, "en", "7.7"),
    ("Łukasz", "Wiśniewski", None, "1996-08-21", "lukasz.w@example.org", None, "pl", "7.0"),
    ("Ona", "Kazlauskienė", None, "1985-05-09", "ona.k@example.org", None, "lt", "8.0"),
    ("José María", "García-Ruiz y Ortega", None, "1989-03-03", "jm.garcia@example.org", None, "es", "6.9"),
    ("Þórdís", "Jónsdóttir", None, "1994-07-15", "thordis@example.org", None, "en", "8.4"),
    ("Zoë", "Claes", None, "2000-01-27", "zoe.claes@example.org", None, "nl", "5.8"),
    ("Ağça", "Yılmaz", None, "1987-12-12", "agca.yilmaz@example.org", None, "en", "7.3"),
    ("Kateřina", "Dvořáková", None, "1999-09-19", "katerina.d@example.org", None, "cs", "7.6"),
    ("Ion", "Țurcanu", None, "1990-11-30", "ion.turcanu@example.org", None, "ro", "6.6"),
    ("Maija", "Mäkelä-Ööpik", None, "1983-04-04", "maija.m@example.org", None, "fi", "8.9"),
    ("Thomas", "O'Connor", None, "1996-31-02", "thomas.oc@example.org", None, "en", "7.1"),
    ("Мария", "Георгиева", "Mariya Georgieva", "1997-02-14", "mariya.g@example.org", None, "bg", "8.2"),
    ("Luís", "Gonçalves da Conceição", None, "1992-06-24", "luis.gc@example.org", None, "pt", "7.5"),
    ("Amélie", "Lefèvre", None, "1998-10-18", "amelie.l@example.org", None, "fr", "9.3"),
    ("Noor", "El Amrani", None, "2002-08-08", "noor.ea@example.org", ESI + "2609025", "nl", "7.8"),
    ("Bram", "van der Meulen", None, "1988-07-30", "bram.vdm@example.org", None, "nl", "7.9"),
)


def main() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Class list"
    sheet["A1"] = "Data ethics in practice, autumn 2026 (everybody on this list is invented)"
    sheet["A1"].font = Font(bold=True, size=13)
    sheet.append([])
    sheet.append(HEADER)
    for cell in sheet[3]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="0B5C66")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    for given, family, latin, born, mail, esi, language, grade in LEARNERS:
        try:
            birth: dt.date | str | None = dt.date.fromisoformat(born or "")
        except ValueError:
            birth = born
        sheet.append([given, family, latin, birth, mail, esi, language, DAY, float(grade or 0), "passed"])
    for row in sheet.iter_rows(min_row=4):
        row[3].number_format = row[7].number_format = "yyyy-mm-dd"
    for index, width in enumerate((16, 26, 22, 14, 28, 58, 10, 16, 8, 10), start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A4"
    book.properties.creator = "Tessella"
    book.properties.created = book.properties.modified = dt.datetime(2026, 11, 9)  # noqa: DTZ001 -- a fixed date
    book.save(TARGET)


if __name__ == "__main__":
    main()
