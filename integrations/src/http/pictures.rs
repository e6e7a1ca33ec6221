//! A picture that somebody's mail names. Its server learns that this server asked for it, and nothing of whoever reads the mail: no cookie,
//! no referrer, no name of the product, and each redirect is looked at like the first address.

use domain::mail::picture::{PictureFault, REDIRECTS, kind};
use http::{Request, header};
use url::Url;

use super::{CallError, Outbound};

/// What is said of who asks: what every browser begins with, and nothing more.
const ASKER: &str = "Mozilla/5.0";
const WANTED: &str = "image/png, image/jpeg, image/gif, image/webp";

/// Fetches a picture of at most `most` bytes; its type is told by its content.
///
/// # Errors
/// Why it is not taken, or not there.
pub async fn picture(outbound: &Outbound, address: &str, most: usize) -> Result<(&'static str, Vec<u8>), PictureFault> {
    let mut url = Url::parse(address).map_err(|_| PictureFault::Address)?;
    for _ in 0..=REDIRECTS {
        url.set_fragment(None);
        let request = Request::get(url.as_str())
            .header(header::USER_AGENT, ASKER)
            .header(header::ACCEPT, WANTED)
            .body(Vec::new())
            .map_err(|_| PictureFault::Address)?;
        let answer = outbound
            .call_plain(request, most)
            .await
            .map_err(|error| fault(&error))?;
        let status = answer.status();
        if status == http::StatusCode::OK {
            let bytes = answer.into_body();
            return match kind(&bytes) {
                Some(kind) => Ok((kind, bytes)),
                None => Err(PictureFault::Kind),
            };
        }
        if !status.is_redirection() {
            return Err(PictureFault::Missing);
        }
        let target = answer.headers().get(header::LOCATION);
        let target = target
            .and_then(|value| value.to_str().ok())
            .ok_or(PictureFault::Missing)?;
        url = url.join(target).map_err(|_| PictureFault::Address)?;
    }
    Err(PictureFault::Redirects)
}

const fn fault(error: &CallError) -> PictureFault {
    match error {
        CallError::Refused(_) => PictureFault::Address,
        CallError::TooLong => PictureFault::Size,
        CallError::TimedOut => PictureFault::TimedOut,
        CallError::Unreachable(_) | CallError::NoAnswer(_) => PictureFault::Unreachable,
    }
}
