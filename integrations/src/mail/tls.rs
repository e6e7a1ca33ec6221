//! TLS towards mail servers: the public roots, and those of a given file beside them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Why TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of certificates could not be read.
    #[error("certificates of {path}: {reason}")]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The library refused its configuration.
    #[error("TLS configuration: {0}")]
    Configuration(#[from] rustls::Error),
}

/// Client settings that trust the public roots and the certificates of `ca_file` (PEM) when one is given.
///
/// # Errors
/// When the file cannot be read or has no certificate.
pub fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = ca_file {
        let fault = |reason: String| TlsError::Certificates {
            path: path.to_owned(),
            reason,
        };
        let before = roots.len();
        for certificate in CertificateDer::pem_file_iter(path).map_err(|e| fault(e.to_string()))? {
            roots.add(certificate.map_err(|e| fault(e.to_string()))?)?;
        }
        if roots.len() == before {
            return Err(fault("no certificate in it".to_owned()));
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_loaded_or_the_fault_is_named() {
        assert!(client_config(None).is_ok());
        let fault = client_config(Some(Path::new("/nonexistent.pem"))).unwrap_err();
        assert!(fault.to_string().contains("/nonexistent.pem"));
    }
}
