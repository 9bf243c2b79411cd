//! TLS: the system's trust, and an authority of the environment beside it.

use std::io;
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{AlertDescription, CertificateError, ClientConfig};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The name of HTTP/2 in ALPN (RFC 9113, 3.2).
pub(crate) const HTTP2: &[u8] = b"h2";

/// The name of HTTP/1.1 in ALPN (RFC 7301, 6).
const HTTP1: &[u8] = b"http/1.1";

/// What is said of a server that speaks none of the protocols it was offered.
pub(crate) const NO_PROTOCOL: &str = "the server speaks none of the protocols it was offered";

/// Which protocols a server may choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// HTTP/2 and HTTP/1.1.
    Any,
    /// HTTP/1.1 alone.
    Http1,
}

/// Makes secure connections; reads the system's trust with the first one.
pub(crate) struct Tls {
    /// Certificates trusted beside the system's.
    authorities: Vec<CertificateDer<'static>>,
    config: OnceCell<Arc<ClientConfig>>,
}

impl Tls {
    /// Trusts the system's authorities and those in a PEM text, if there is one.
    ///
    /// # Errors
    /// In words, when the text holds no certificate.
    pub(crate) fn new(pem: Option<&[u8]>) -> Result<Self, String> {
        let authorities = match pem {
            Some(pem) => CertificateDer::pem_slice_iter(pem)
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| format!("the file of `ca:` is not proper PEM: {error}"))?,
            None => Vec::new(),
        };
        if pem.is_some() && authorities.is_empty() {
            return Err("the file of `ca:` holds no certificate".to_owned());
        }
        Ok(Self {
            authorities,
            config: OnceCell::new(),
        })
    }

    /// Secures a connection to a host.
    ///
    /// # Errors
    /// In words, when the handshake or the check of the certificate fails.
    pub(crate) async fn secure(
        &self,
        name: ServerName<'static>,
        stream: TcpStream,
        offer: Offer,
    ) -> Result<TlsStream<TcpStream>, String> {
        let config = self.config.get_or_try_init(|| self.load()).await?;
        let connector = TlsConnector::from(Arc::clone(config));
        let secured = match offer {
            Offer::Any => connector.connect(name, stream).await,
            Offer::Http1 => {
                let only = vec![HTTP1.to_vec()];
                connector.with_alpn(only).connect(name, stream).await
            }
        };
        secured.map_err(|error| told(&error))
    }

    /// Reading the system's certificates takes milliseconds, so it is done off the runtime's threads.
    async fn load(&self) -> Result<Arc<ClientConfig>, String> {
        let authorities = self.authorities.clone();
        tokio::task::spawn_blocking(move || config(authorities))
            .await
            .map_err(|error| error.to_string())?
            .map(Arc::new)
            .map_err(|error| format!("this machine's trusted certificates: {error}"))
    }
}

fn config(authorities: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = Arc::new(Verifier::new_with_extra_roots(
        authorities,
        Arc::clone(&provider),
    )?);
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // The platform's verifier comes in by this door; nothing is left unverified.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![HTTP2.to_vec(), HTTP1.to_vec()];
    Ok(config)
}

/// Why a handshake failed, for a reader who has never seen one.
fn told(error: &io::Error) -> String {
    let cause = error
        .get_ref()
        .and_then(|cause| cause.downcast_ref::<rustls::Error>());
    match cause {
        Some(rustls::Error::InvalidCertificate(fault)) => certificate(fault),
        Some(rustls::Error::InvalidMessage(_)) => "the other side does not speak TLS".to_owned(),
        Some(rustls::Error::AlertReceived(AlertDescription::UnrecognisedName)) => {
            "the server knows no site of this name".to_owned()
        }
        Some(rustls::Error::AlertReceived(AlertDescription::NoApplicationProtocol)) => {
            NO_PROTOCOL.to_owned()
        }
        Some(other) => other.to_string(),
        None => crate::failure::system(error),
    }
}

fn certificate(fault: &CertificateError) -> String {
    match fault {
        CertificateError::UnknownIssuer => {
            "its certificate is signed by an authority that this machine does not trust".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another host".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet".to_owned()
        }
        CertificateError::Revoked => "its certificate was revoked".to_owned(),
        other => format!("its certificate is not accepted: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        assert!(Tls::new(None).is_ok());
        assert!(Tls::new(Some(b"hello")).is_err());
        assert!(
            Tls::new(Some(
                b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"
            ))
            .is_err()
        );
    }

    #[tokio::test]
    async fn nothing_is_read_before_the_first_connection() {
        assert!(Tls::new(None).unwrap().config.get().is_none());
    }
}
