//! What a column of a file may hold, and the names that people give to it.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::words::{WordSet, words};

words! {
    /// What a column holds; in the order of the form.
    Column as "CustomerImportColumn" {
        /// Person or company.
        Kind = "kind",
        /// Name of the company.
        CompanyName = "company_name",
        /// Legal form.
        LegalForm = "legal_form",
        /// First name.
        FirstName = "first_name",
        /// Last name.
        LastName = "last_name",
        /// Address for mail.
        Email = "email",
        /// Telephone.
        Phone = "phone",
        /// Web site.
        Website = "website",
        /// Language.
        Locale = "locale",
        /// Tax identification number.
        Nif = "nif",
        /// Statistical identification number.
        Nis = "nis",
        /// Trade register.
        Rc = "rc",
        /// Article of taxation.
        Ai = "ai",
        /// Bank account.
        Rib = "rib",
        /// National identification number of a person.
        Nin = "nin",
        /// Name in the system that the file comes from.
        ExternalId = "external_id",
        /// Tags, with commas or semicolons between them.
        Tags = "tags",
        /// Street and number.
        Line1 = "line1",
        /// Building, floor.
        Line2 = "line2",
        /// Postal code.
        PostalCode = "postal_code",
        /// Town.
        City = "city",
        /// Wilaya, by number or name.
        Wilaya = "wilaya",
        /// Country.
        Country = "country",
    }
}

/// What each column of a file holds; `None` for one that is left out.
pub type Mapping = Vec<Option<Column>>;

/// Why a mapping is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MappingFault {
    /// Not as many entries as the file has columns.
    #[error("name what each column of the file holds, or null")]
    Width,
    /// Two columns for one thing.
    #[error("two columns are said to hold the same")]
    Twice(Column),
    /// Nobody can be imported without an address for mail.
    #[error("say which column holds the address for mail")]
    NoEmail,
    /// Neither a company's name nor a person's.
    #[error("say which column holds the name of the company, or which hold first and last name")]
    NoName,
}

impl MappingFault {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Width => "import_mapping_width",
            Self::Twice(_) => "import_mapped_twice",
            Self::NoEmail => "import_no_email",
            Self::NoName => "import_no_name",
        }
    }
}

impl Column {
    /// Names of headers, folded by [`fold`]; French, English, Arabic.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Kind => &[
                "type",
                "typeclient",
                "typedeclient",
                "kind",
                "customertype",
                "categorie",
                "nature",
                "النوع",
            ],
            Self::CompanyName => &[
                "raisonsociale",
                "societe",
                "entreprise",
                "company",
                "companyname",
                "nomsociete",
                "nomentreprise",
                "nomdelentreprise",
                "nomdelasociete",
                "organisation",
                "organization",
                "denomination",
                "الشركة",
                "اسمالشركة",
            ],
            Self::LegalForm => &[
                "formejuridique",
                "statutjuridique",
                "legalform",
                "forme",
                "الشكلالقانوني",
            ],
            Self::FirstName => &["prenom", "prenoms", "firstname", "givenname", "الاسم"],
            Self::LastName => &[
                "nom",
                "nomdefamille",
                "lastname",
                "surname",
                "familyname",
                "name",
                "اللقب",
            ],
            Self::Email => &[
                "email",
                "mail",
                "courriel",
                "adressemail",
                "adresseemail",
                "adressecourriel",
                "emailaddress",
                "adresseelectronique",
                "البريدالالكتروني",
            ],
            Self::Phone => &[
                "telephone",
                "tel",
                "phone",
                "phonenumber",
                "mobile",
                "portable",
                "gsm",
                "numerodetelephone",
                "الهاتف",
            ],
            Self::Website => &["siteweb", "site", "website", "web", "url", "الموقع"],
            Self::Locale => &["langue", "language", "locale", "lang", "اللغة"],
            Self::Nif => &[
                "nif",
                "numerofiscal",
                "identifiantfiscal",
                "matriculefiscal",
                "taxid",
                "taxnumber",
            ],
            Self::Nis => &["nis", "numerostatistique", "identifiantstatistique", "statisticalid"],
            Self::Rc => &[
                "rc",
                "nrc",
                "norc",
                "registrecommerce",
                "registreducommerce",
                "registredecommerce",
                "numerorc",
                "traderegister",
                "السجلالتجاري",
            ],
            Self::Ai => &["ai", "articledimposition", "articleimposition", "taxarticle"],
            Self::Rib => &["rib", "comptebancaire", "bankaccount", "relevedidentitebancaire"],
            Self::Nin => &[
                "nin",
                "numerodidentificationnational",
                "numeroidentificationnational",
                "nationalid",
            ],
            Self::ExternalId => &[
                "id",
                "reference",
                "ref",
                "code",
                "codeclient",
                "numeroclient",
                "externalid",
                "customerid",
                "clientid",
                "identifiant",
                "المرجع",
            ],
            Self::Tags => &["etiquettes", "etiquette", "tags", "tag", "labels", "motscles"],
            Self::Line1 => &[
                "adresse",
                "address",
                "adresse1",
                "address1",
                "rue",
                "street",
                "adressepostale",
                "العنوان",
            ],
            Self::Line2 => &[
                "adresse2",
                "address2",
                "complement",
                "complementdadresse",
                "complementadresse",
            ],
            Self::PostalCode => &[
                "codepostal",
                "cp",
                "postalcode",
                "postcode",
                "zip",
                "zipcode",
                "الرمزالبريدي",
            ],
            Self::City => &["ville", "commune", "city", "town", "localite", "المدينة", "البلدية"],
            Self::Wilaya => &[
                "wilaya",
                "codewilaya",
                "province",
                "departement",
                "state",
                "region",
                "الولاية",
            ],
            Self::Country => &["pays", "country", "codepays", "countrycode", "البلد"],
        }
    }
}

/// A name without case, accents, blanks and punctuation.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// What the columns of a header probably hold; each thing once.
#[must_use]
pub fn propose(header: &[String]) -> Mapping {
    let mut taken = Vec::new();
    header
        .iter()
        .map(|name| {
            let name = fold(name);
            let found = Column::ALL.iter().copied().find(|column| {
                column.names().iter().any(|known| fold(known) == name) || fold(column.as_str()) == name
            })?;
            let first = !taken.contains(&found);
            taken.push(found);
            first.then_some(found)
        })
        .collect()
}

/// Checks a mapping for a header of `width` columns.
///
/// # Errors
/// What is missing, or there twice.
pub fn check(mapping: &[Option<Column>], width: usize) -> Result<(), MappingFault> {
    if mapping.len() != width {
        return Err(MappingFault::Width);
    }
    let has = |column| mapping.contains(&Some(column));
    for (n, column) in mapping.iter().enumerate() {
        if let Some(column) = column
            && mapping[..n].contains(&Some(*column))
        {
            return Err(MappingFault::Twice(*column));
        }
    }
    if !has(Column::Email) {
        return Err(MappingFault::NoEmail);
    }
    if has(Column::CompanyName) || (has(Column::FirstName) && has(Column::LastName)) {
        Ok(())
    } else {
        Err(MappingFault::NoName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(header: &[&str]) -> Mapping {
        propose(&header.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn headers_in_three_languages_are_understood() {
        use Column::{City, CompanyName, Email, Kind, Nif, Phone, PostalCode, Rc, Wilaya};
        assert_eq!(
            proposed(&[
                "Raison sociale",
                "E-mail",
                "N° RC",
                "N.I.F.",
                "Tél.",
                "Code Postal",
                "VILLE"
            ]),
            [
                Some(CompanyName),
                Some(Email),
                Some(Rc),
                Some(Nif),
                Some(Phone),
                Some(PostalCode),
                Some(City)
            ]
        );
        assert_eq!(
            proposed(&["Company name", "phone", "R.C"]),
            [Some(CompanyName), Some(Phone), Some(Rc)]
        );
        assert_eq!(
            proposed(&["الشركة", "البريد الإلكتروني", "الولاية"]),
            [Some(CompanyName), Some(Email), Some(Wilaya)]
        );
        assert_eq!(proposed(&["Type", "type", ""]), [Some(Kind), None, None]);
    }

    #[test]
    fn no_name_stands_for_two_things() {
        for column in Column::ALL.iter().copied() {
            for name in column.names() {
                assert_eq!(proposed(&[name]), [Some(column)], "{name}");
            }
            assert_eq!(Column::parse(column.as_str()), Some(column));
        }
    }

    #[test]
    fn a_mapping_needs_an_address_and_a_name() {
        use Column::{CompanyName, Email, FirstName, LastName};
        assert_eq!(check(&[Some(Email), Some(CompanyName), None], 3), Ok(()));
        assert_eq!(check(&[Some(Email), Some(FirstName), Some(LastName)], 3), Ok(()));
        assert_eq!(check(&[Some(Email), Some(FirstName)], 2), Err(MappingFault::NoName));
        assert_eq!(check(&[Some(CompanyName)], 1), Err(MappingFault::NoEmail));
        assert_eq!(check(&[Some(Email), Some(Email)], 2), Err(MappingFault::Twice(Email)));
        assert_eq!(check(&[Some(Email)], 2), Err(MappingFault::Width));
    }
}
