//! CSV for spreadsheets (RFC 4180): in UTF-8 with its mark, and with cells that no spreadsheet takes for formulas.

/// Put before the first line. Without it Excel takes the text for the code page of its country, and Arabic and accents are lost;
/// programs that read UTF-8 know it as the mark it is.
pub const BOM: &str = "\u{feff}";

/// Beginnings that a spreadsheet may take for a formula or strip before one (OWASP, CSV injection), with their wide forms.
const ACTIVE: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A cell that a spreadsheet shows and does not compute.
fn inert(cell: &str) -> String {
    if cell.starts_with(ACTIVE) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// These rows as CSV, without the mark.
///
/// # Errors
/// Not in practice: it writes to memory.
pub fn rows<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.as_ref().iter().map(|cell| inert(cell)))?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// The mark and the line of heads that a file begins with.
///
/// # Errors
/// Not in practice: it writes to memory.
pub fn head(cells: &[String]) -> Result<Vec<u8>, csv::Error> {
    let mut bytes = BOM.as_bytes().to_vec();
    bytes.append(&mut rows([cells])?);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_compute_nothing() {
        let row = [
            "=1+1",
            "+213",
            "-1",
            "@x",
            "\tx",
            "\r=1",
            "＝1",
            "a,b",
            "say \"x\"",
            "two\nlines",
            "نص",
            "",
        ]
        .map(str::to_owned);
        let text = String::from_utf8(rows([row]).unwrap()).unwrap();
        assert_eq!(
            text,
            "'=1+1,'+213,'-1,'@x,'\tx,\"'\r=1\",'＝1,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",نص,\r\n"
        );
    }

    #[test]
    fn a_file_begins_with_its_mark() {
        let text = String::from_utf8(head(&["Numéro".to_owned()]).unwrap()).unwrap();
        assert_eq!(text, "\u{feff}Numéro\r\n");
    }
}
