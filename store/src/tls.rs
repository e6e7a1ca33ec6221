//! TLS towards the server, asked for in its address as other clients of PostgreSQL take it: `sslmode` and `sslrootcert`.

use std::{path::PathBuf, sync::Arc};

use percent_encoding::percent_decode_str;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Asks the server for TLS (PostgreSQL, protocol: SSLRequest): the message's length, and its code.
const REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// Whether and how a connection is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Not at all.
    Plain,
    /// With a certificate for the host's name from an authority that is trusted: one of this file (PEM), or without a file one that
    /// the public trusts. There is nothing in between: encryption towards a stranger protects nothing.
    Verified(Option<PathBuf>),
}

/// Takes what concerns TLS out of the address.
///
/// # Errors
/// A sentence about a word that is not known.
pub(crate) fn split(url: &str) -> Result<(String, Wanted), String> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(
            "the address is none of PostgreSQL; write it as postgres://user:password@host:5432/name".to_owned(),
        );
    }
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value),
            Some(("sslrootcert", value)) => {
                roots = Some(PathBuf::from(percent_decode_str(value).decode_utf8_lossy().as_ref()))
            }
            _ => rest.push(pair),
        }
    }
    let wanted = match mode {
        Some("require" | "verify-ca" | "verify-full") => Wanted::Verified(roots),
        Some("disable") | None if roots.is_none() => Wanted::Plain,
        None => Wanted::Verified(roots),
        Some(other) => {
            let why = if other == "disable" {
                "contradicts `sslrootcert`"
            } else {
                "is not known"
            };
            return Err(format!(
                "`sslmode={other}` {why}; write `sslmode=verify-full` for TLS or `sslmode=disable`"
            ));
        }
    };
    let address = if rest.is_empty() {
        address.to_owned()
    } else {
        format!("{address}?{}", rest.join("&"))
    };
    Ok((address, wanted))
}

/// Agrees with the server on TLS.
///
/// # Errors
/// A sentence that says what is missing: the server's TLS, the file, or a certificate that is trusted and for this name.
pub(crate) async fn agree<S>(mut stream: S, host: &str, roots: Option<&PathBuf>) -> Result<TlsStream<S>, String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let broken = |error: std::io::Error| error.to_string();
    stream.write_all(&REQUEST).await.map_err(broken)?;
    // One byte and no more: what came with it unencrypted would be somebody else's (CVE-2021-23222).
    if stream.read_u8().await.map_err(broken)? != b'S' {
        return Err("the server has no TLS: switch it on there (`ssl = on`)".to_owned());
    }
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| format!("`{host}` is no name that a certificate can have"))?;
    let connector = TlsConnector::from(settings(roots)?);
    connector
        .connect(name, stream)
        .await
        .map_err(|error| format!("TLS: {error}"))
}

fn settings(file: Option<&PathBuf>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    match file {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let fault = |reason: String| format!("sslrootcert={}: {reason}", path.display());
            for certificate in CertificateDer::pem_file_iter(path).map_err(|e| fault(e.to_string()))? {
                let certificate = certificate.map_err(|e| fault(e.to_string()))?;
                roots.add(certificate).map_err(|e| fault(e.to_string()))?;
            }
            if roots.is_empty() {
                return Err(fault("no certificate in it".to_owned()));
            }
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_whether() {
        assert!(
            split("host=h user=u dbname=d sslmode=require").is_err(),
            "what is not understood is not dropped"
        );
        let plain = |url: &str, rest: &str| assert_eq!(split(url), Ok((rest.to_owned(), Wanted::Plain)));
        plain("postgres://h/d", "postgres://h/d");
        plain(
            "postgres://h/d?sslmode=disable&options=-c%20a%3Db",
            "postgres://h/d?options=-c%20a%3Db",
        );
        let verified = |url: &str, file: Option<&str>| {
            assert_eq!(
                split(url),
                Ok(("postgres://h/d".to_owned(), Wanted::Verified(file.map(PathBuf::from))))
            );
        };
        verified("postgres://h/d?sslmode=require", None);
        verified(
            "postgres://h/d?sslmode=verify-full&sslrootcert=/etc/my%20ca.pem",
            Some("/etc/my ca.pem"),
        );
        verified("postgres://h/d?sslrootcert=/ca.pem", Some("/ca.pem"));
        for wrong in [
            "postgres://h/d?sslmode=prefer",
            "postgres://h/d?sslmode=disable&sslrootcert=/ca.pem",
        ] {
            assert!(split(wrong).unwrap_err().contains("verify-full"), "{wrong}");
        }
    }
}
