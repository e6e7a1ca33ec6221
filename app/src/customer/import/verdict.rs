//! What would become of a row, by the rules of the form.

use std::collections::HashMap;

use domain::{
    customer::{
        Profile,
        import::{
            Column, Mapping, RowIssue,
            row::{self, Cells},
            table::Line,
        },
        profile,
    },
    words::WordSet,
};
use store::customer_import::{Keys, Taken};
use uuid::Uuid;

use crate::{
    AppError,
    customer::{AddressInput, create},
};

/// A row that may become a customer.
#[derive(Debug, Clone)]
pub(super) struct Good {
    pub(super) profile: Profile,
    pub(super) tags: Vec<String>,
    pub(super) external_id: Option<String>,
    pub(super) address: Option<store::customer::Address>,
}

/// The name of a row for the report, as far as it can be read.
pub(super) fn name_of(line: &Line, mapping: &Mapping) -> String {
    let cells = Cells::new(line, mapping);
    let name = match cells.get(Column::CompanyName) {
        Some(company) => company.to_owned(),
        None => [cells.get(Column::FirstName), cells.get(Column::LastName)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
    };
    profile::line(&name).chars().take(200).collect()
}

/// Judges a row by itself.
pub(super) fn judge(line: &Line, mapping: &Mapping) -> Result<Good, Vec<RowIssue>> {
    let (typed, mut issues) = row::read(line, mapping);
    if issues.iter().any(|issue| issue.column.is_none()) {
        return Err(issues);
    }
    let cells = Cells::new(line, mapping);
    let issue = |field: &str, code: &str| {
        let column = Column::parse(field);
        let value = column.and_then(|column| cells.get(column)).unwrap_or_default();
        RowIssue::new(column, code, value)
    };
    let mut of_app = |error: AppError| {
        if let AppError::Invalid(errors) = error {
            for error in errors {
                let field = error.pointer.trim_start_matches('/');
                // A wilaya that could not be read is named already.
                issues.push(issue(field, &error.code));
            }
        }
    };
    let tags = create::tags(&typed.tags).map_err(&mut of_app).unwrap_or_default();
    let address = typed.address.and_then(|address| {
        let input = AddressInput {
            kind: "billing",
            line1: address.line1,
            line2: address.line2,
            postal_code: address.postal_code,
            city: address.city,
            wilaya: address.wilaya,
            country: address.country,
            is_default: true,
        };
        input.check(Uuid::now_v7()).map_err(&mut of_app).ok()
    });
    let external_id = typed.external_id.map(|id| profile::line(&id));
    if external_id.as_ref().is_some_and(|id| id.chars().count() > 100) {
        issues.push(issue("external_id", "too_long"));
    }
    match profile::check(&typed.draft) {
        Ok(profile) if issues.is_empty() => Ok(Good {
            profile,
            tags,
            external_id,
            address,
        }),
        Ok(_) => Err(issues),
        Err(wrong) => {
            // An unknown kind is named already.
            let known = issues.iter().any(|issue| issue.column == Some(Column::Kind));
            issues.extend(
                wrong
                    .iter()
                    .filter(|wrong| !(known && wrong.field == "kind"))
                    .map(|wrong| issue(wrong.field, wrong.code)),
            );
            Err(issues)
        }
    }
}

/// What tells a row's customer apart from others.
pub(super) fn keys(good: &Good, shared_emails: bool) -> impl Iterator<Item = (Column, &str)> {
    let profile = &good.profile;
    [
        (Column::Nif, profile.nif.as_deref()),
        (Column::Nis, profile.nis.as_deref()),
        (Column::Rc, profile.rc.as_deref()),
        (Column::ExternalId, good.external_id.as_deref()),
        (Column::Email, Some(profile.email.as_str()).filter(|_| !shared_emails)),
    ]
    .into_iter()
    .filter_map(|(column, value)| value.map(|value| (column, value)))
}

/// Collects keys for a question to the database.
pub(super) fn collect<'a>(rows: impl Iterator<Item = (Column, &'a str)>) -> Keys {
    let mut keys = Keys::default();
    for (column, value) in rows {
        let list = match column {
            Column::Nif => &mut keys.nif,
            Column::Nis => &mut keys.nis,
            Column::Rc => &mut keys.rc,
            Column::ExternalId => &mut keys.external_id,
            _ => &mut keys.email,
        };
        list.push(value.to_owned());
    }
    keys
}

/// Who has which key already.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<(String, String), i64>);

impl Known {
    pub(super) fn new(taken: Vec<Taken>) -> Self {
        Self(
            taken
                .into_iter()
                .map(|row| ((row.field, row.value), row.number))
                .collect(),
        )
    }

    /// An issue for each key that a customer has.
    pub(super) fn issues<'a>(&self, keys: impl Iterator<Item = (Column, &'a str)>) -> Vec<RowIssue> {
        keys.filter_map(|(column, value)| {
            let number = self.0.get(&(column.as_str().to_owned(), value.to_owned()))?;
            Some(RowIssue::new(Some(column), "import_same_customer", value).with(*number))
        })
        .collect()
    }
}
