//! A row of a file as somebody would have typed it into the form.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    Column,
    column::{Mapping, fold},
    table::Line,
};
use crate::customer::{Draft, Kind, place};

/// Longest piece of a cell that a report repeats, in characters.
const VALUE_MAX: usize = 120;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RowIssue {
    /// What the cell should hold; `None` when it is about the whole row.
    pub column: Option<Column>,
    /// Stable code; see [`super::text`].
    pub code: String,
    /// The cell, shortened; never a national identification number.
    pub value: String,
    /// Whom or what the row collides with: the customer's number, or a line of the file.
    pub other: Option<i64>,
}

impl RowIssue {
    /// An issue of a column.
    #[must_use]
    pub fn new(column: Option<Column>, code: &str, value: &str) -> Self {
        let shown = match column {
            Some(Column::Nin) => String::new(),
            _ => super::super::profile::line(value).chars().take(VALUE_MAX).collect(),
        };
        Self {
            column,
            code: code.to_owned(),
            value: shown,
            other: None,
        }
    }

    /// The same, naming what it collides with.
    #[must_use]
    pub fn with(mut self, other: i64) -> Self {
        self.other = Some(other);
        self
    }
}

/// An address as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// Street and number.
    pub line1: String,
    /// Building, floor.
    pub line2: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Town.
    pub city: String,
    /// Number of the wilaya.
    pub wilaya: Option<u8>,
    /// Country code.
    pub country: String,
}

/// A row as typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The fields of the form.
    pub draft: Draft,
    /// Tags.
    pub tags: Vec<String>,
    /// Name in the system that the file comes from.
    pub external_id: Option<String>,
    /// Address, when any of its cells holds something.
    pub address: Option<Address>,
}

/// The cells of a row by what they hold.
#[derive(Debug, Clone, Copy)]
pub struct Cells<'a> {
    line: &'a Line,
    mapping: &'a Mapping,
}

impl<'a> Cells<'a> {
    /// Of a line under a mapping.
    #[must_use]
    pub const fn new(line: &'a Line, mapping: &'a Mapping) -> Self {
        Self { line, mapping }
    }

    /// What a column holds; `None` when the file has no such column or the cell is blank.
    #[must_use]
    pub fn get(&self, column: Column) -> Option<&'a str> {
        let at = self.mapping.iter().position(|held| *held == Some(column))?;
        let cell = self.line.cells.get(at)?.trim();
        // Spreadsheets are kept from computing a text by an apostrophe, and our own exports do so.
        let cell = match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(|c: char| "=+-@".contains(c) || c.is_ascii_digit()) => rest,
            _ => cell,
        };
        (!cell.is_empty()).then_some(cell)
    }

    fn owned(&self, column: Column) -> Option<String> {
        self.get(column).map(str::to_owned)
    }
}

fn kind(text: &str) -> Option<Kind> {
    match fold(text).as_str() {
        "individual" | "person" | "particulier" | "personne" | "personnephysique" | "individu" | "p" | "فرد"
        | "شخص" => Some(Kind::Individual),
        "corporate" | "company" | "entreprise" | "societe" | "personnemorale" | "professionnel" | "organisation"
        | "business" | "e" | "شركة" | "مؤسسة" => Some(Kind::Corporate),
        _ => None,
    }
}

fn language(text: &str) -> &str {
    match fold(text).as_str() {
        "francais" | "french" | "الفرنسية" => "fr",
        "anglais" | "english" | "الانجليزية" => "en",
        "arabe" | "arabic" | "العربية" => "ar",
        _ => text,
    }
}

fn country(text: &str) -> &str {
    match fold(text).as_str() {
        "algerie" | "algeria" | "dza" | "الجزائر" => "DZ",
        "tunisie" | "tunisia" => "TN",
        "maroc" | "morocco" => "MA",
        "france" => "FR",
        _ => text,
    }
}

/// Numbers and names of wilayas.
fn wilaya(text: &str) -> Option<u8> {
    let digits: String = text.chars().map(super::super::identifier::ascii_digit).collect();
    // "16 - Alger" and "Alger (16)" are written as well.
    let name = fold(&digits.chars().filter(|c| !c.is_ascii_digit()).collect::<String>());
    let number = digits
        .split(|c: char| !c.is_ascii_digit())
        .find(|part| !part.is_empty());
    if let Some(number) = number {
        return number.parse().ok().filter(|number| place::wilaya(*number).is_some());
    }
    WILAYAS.get(&name).copied()
}

/// Numbers of wilayas by their folded names.
static WILAYAS: LazyLock<HashMap<String, u8>> = LazyLock::new(|| {
    let named = |number| place::wilaya(number).map(|(fr, ar)| [(fold(fr), number), (fold(ar), number)]);
    (1..=58).filter_map(named).flatten().collect()
});

/// Reads a row. Issues are those that the form could not have: it offers kinds and wilayas to choose from.
#[must_use]
pub fn read(line: &Line, mapping: &Mapping) -> (Typed, Vec<RowIssue>) {
    let cells = Cells::new(line, mapping);
    let mut issues = Vec::new();
    let surplus = line
        .cells
        .iter()
        .skip(mapping.len())
        .any(|cell| !cell.trim().is_empty());
    if line.cells.len() < mapping.len() || surplus {
        issues.push(RowIssue::new(None, "import_row_width", &line.cells.len().to_string()));
        return (Typed::default(), issues);
    }
    let company = cells.get(Column::CompanyName);
    let kind = match cells.get(Column::Kind) {
        None if company.is_some() => Some(Kind::Corporate),
        None => Some(Kind::Individual),
        Some(text) => {
            let found = kind(text);
            if found.is_none() {
                issues.push(RowIssue::new(Some(Column::Kind), "import_unknown_kind", text));
            }
            found
        }
    };
    let draft = Draft {
        kind,
        first_name: cells.owned(Column::FirstName),
        last_name: cells.owned(Column::LastName),
        company_name: company.map(str::to_owned),
        legal_form: cells.owned(Column::LegalForm),
        email: cells.owned(Column::Email),
        phone: cells.owned(Column::Phone),
        website: cells.owned(Column::Website),
        locale: cells.get(Column::Locale).map(|text| language(text).to_owned()),
        nif: cells.owned(Column::Nif),
        nis: cells.owned(Column::Nis),
        rc: cells.owned(Column::Rc),
        ai: cells.owned(Column::Ai),
        rib: cells.owned(Column::Rib),
        nin: cells.owned(Column::Nin),
    };
    let tags = cells.get(Column::Tags).unwrap_or_default();
    let tags = tags.split([',', ';', '|']).map(str::to_owned).collect();
    let any = [
        Column::Line1,
        Column::Line2,
        Column::PostalCode,
        Column::City,
        Column::Wilaya,
    ];
    let address = any.iter().any(|column| cells.get(*column).is_some()).then(|| {
        let number = cells.get(Column::Wilaya).and_then(|text| {
            let found = wilaya(text);
            if found.is_none() {
                issues.push(RowIssue::new(Some(Column::Wilaya), "unknown_wilaya", text));
            }
            found
        });
        Address {
            line1: cells.owned(Column::Line1).unwrap_or_default(),
            line2: cells.owned(Column::Line2),
            postal_code: cells.owned(Column::PostalCode),
            city: cells.owned(Column::City).unwrap_or_default(),
            wilaya: number,
            country: country(cells.get(Column::Country).unwrap_or("DZ")).to_owned(),
        }
    });
    let typed = Typed {
        draft,
        tags,
        external_id: cells.owned(Column::ExternalId),
        address,
    };
    (typed, issues)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[&str]) -> Line {
        Line {
            number: 2,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        }
    }

    #[test]
    fn a_row_is_read_as_people_write() {
        let mapping = vec![
            Some(Column::Kind),
            Some(Column::CompanyName),
            Some(Column::Email),
            Some(Column::Phone),
            Some(Column::Wilaya),
            Some(Column::Locale),
            None,
        ];
        let (typed, issues) = read(
            &line(&[
                "Société",
                "Étoile",
                "a@b.dz",
                "'+213550123456",
                "16 - Alger",
                "Arabe",
                "x",
            ]),
            &mapping,
        );
        assert!(issues.is_empty(), "{issues:?}");
        assert_eq!(typed.draft.kind, Some(Kind::Corporate));
        assert_eq!(typed.draft.phone.as_deref(), Some("+213550123456"));
        assert_eq!(typed.draft.locale.as_deref(), Some("ar"));
        assert_eq!(typed.address.unwrap().wilaya, Some(16));
        let (_, issues) = read(&line(&["Martian", "x", "a@b.dz", "", "Atlantis", "", ""]), &mapping);
        let codes: Vec<&str> = issues.iter().map(|issue| issue.code.as_str()).collect();
        assert_eq!(codes, ["import_unknown_kind", "unknown_wilaya"]);
    }

    #[test]
    fn ragged_rows_are_refused_unless_only_blanks_are_too_many() {
        let mapping = vec![Some(Column::CompanyName), Some(Column::Email)];
        let width = |cells: &[&str]| read(&line(cells), &mapping).1.first().map(|issue| issue.code.clone());
        assert_eq!(width(&["a", "b@c.dz", "", " "]), None);
        assert_eq!(width(&["a"]).as_deref(), Some("import_row_width"));
        assert_eq!(width(&["a", "b@c.dz", "c"]).as_deref(), Some("import_row_width"));
    }

    #[test]
    fn a_report_repeats_little_and_no_national_number() {
        let long = "x".repeat(5000);
        assert_eq!(RowIssue::new(Some(Column::Email), "too_long", &long).value.len(), 120);
        assert_eq!(RowIssue::new(Some(Column::Nin), "nin_length", "1098501").value, "");
    }

    #[test]
    fn wilayas_have_numbers_and_names() {
        for text in ["16", "Alger", "ALGER", "الجزائر", "١٦", "Alger (16)"] {
            assert_eq!(wilaya(text), Some(16), "{text}");
        }
        assert_eq!(wilaya("99"), None);
        assert_eq!(wilaya("béjaia"), Some(6));
    }
}
