//! CSV for spreadsheets: streamed, in UTF-8 with its mark, and with cells that no spreadsheet takes for formulas.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures::Stream;

use crate::{problem::Problem, routes::uploads};

/// Tells spreadsheets that the text is UTF-8.
pub const BOM: &[u8] = "\u{feff}".as_bytes();

/// A cell that a spreadsheet shows and does not compute (OWASP, CSV injection).
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// These rows as CSV (RFC 4180).
///
/// # Errors
/// Not in practice: it writes to memory.
pub fn rows<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> Result<Bytes, Problem> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.as_ref().iter().map(|cell| inert(cell)))
            .map_err(|_| Problem::internal())?;
    }
    writer.into_inner().map(Bytes::from).map_err(|_| Problem::internal())
}

/// A download whose rows are made while it runs.
pub fn download<S, E>(name: &str, stream: S) -> Response
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    let mut response = uploads::download(name, "text/csv; charset=utf-8", Bytes::new());
    *response.body_mut() = Body::from_stream(stream);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_compute_nothing() {
        let row = ["=1+1", "+213", "-1", "@x", "a,b", "say \"x\"", "two\nlines", "نص", ""].map(str::to_owned);
        let text = String::from_utf8(rows([row]).unwrap().to_vec()).unwrap();
        assert_eq!(
            text,
            "'=1+1,'+213,'-1,'@x,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",نص,\r\n"
        );
    }
}
