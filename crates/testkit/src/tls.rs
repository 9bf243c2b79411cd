//! A loopback HTTPS server with a certificate made at start.
//!
//! Each server makes its own authority and one leaf certificate signed by it. A client that trusts
//! [`TlsApp::authority_pem`] accepts [`Certificate::Valid`] and still refuses the others; a client
//! that does not trust it refuses all of them. ALPN offers `h2` and `http/1.1` (RFC 7301).

use std::net::SocketAddr;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::recorder::{Handler, RecordedRequest, Reply, RequestLog, serve};
use crate::server::Loopback;

/// Which certificate a server presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Valid now, for `127.0.0.1` and `localhost`.
    Valid,
    /// Valid now, but for `other.example` only.
    WrongHost,
    /// For `127.0.0.1` and `localhost`, but valid only during the year 2020.
    Expired,
}

/// A loopback HTTPS server that answers as told and records what it received.
pub struct TlsApp {
    server: Loopback,
    url: String,
    authority: String,
    log: RequestLog,
}

impl TlsApp {
    /// Starts a server that presents `certificate` and whose answers `handler` decides.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn start<H>(certificate: Certificate, handler: H) -> Self
    where
        H: Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
    {
        let log = RequestLog::default();
        let (handler, recorded): (Handler, _) = (Arc::new(handler), log.clone());
        let (acceptor, authority) = acceptor(certificate, &[b"h2", b"http/1.1"])
            .expect("a certificate can be made and served");
        let server = Loopback::start(move |stream| {
            let (acceptor, handler, log) =
                (acceptor.clone(), Arc::clone(&handler), recorded.clone());
            async move {
                // A client that refuses the certificate ends the handshake; that is its right.
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(TokioIo::new(stream), handler, log).await;
                }
            }
        });
        let url = format!("https://{}", server.address());
        Self {
            server,
            url,
            authority,
            log,
        }
    }

    /// Returns the origin without a trailing slash, such as `https://127.0.0.1:40001`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the address the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns the PEM of the authority that signed the certificate, for a client to trust.
    pub fn authority_pem(&self) -> &str {
        &self.authority
    }

    /// Returns every request received so far, in order of arrival.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.log.all()
    }
}

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What accepts connections with a certificate and offers these protocols, and the PEM of its authority.
pub(crate) fn acceptor(
    certificate: Certificate,
    protocols: &[&[u8]],
) -> Result<(TlsAcceptor, String), Failure> {
    let authority = authority()?;
    let key = KeyPair::generate()?;
    let leaf = leaf(certificate)?.signed_by(&key, &authority)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )?;
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok((TlsAcceptor::from(Arc::new(config)), authority.pem()))
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "Tidegate testkit authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

fn leaf(certificate: Certificate) -> Result<CertificateParams, rcgen::Error> {
    let names: &[&str] = match certificate {
        Certificate::WrongHost => &["other.example"],
        Certificate::Valid | Certificate::Expired => &["127.0.0.1", "localhost"],
    };
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Tidegate testkit server");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    if certificate == Certificate::Expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 12, 31);
    }
    Ok(params)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http_body_util::{BodyExt, Empty};
    use hyper::body::Bytes;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, ServerName};
    use rustls::{CertificateError, ClientConfig, Error, RootCertStore};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;

    use super::{Certificate, TlsApp};
    use crate::recorder::Reply;

    async fn connect(
        app: &TlsApp,
        trusted: bool,
        alpn: &[&str],
    ) -> Result<TlsStream<tokio::net::TcpStream>, std::io::Error> {
        let mut roots = RootCertStore::empty();
        if trusted {
            let authority = CertificateDer::from_pem_slice(app.authority_pem().as_bytes()).unwrap();
            roots.add(authority).unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let stream = tokio::net::TcpStream::connect(app.address()).await.unwrap();
        let name = ServerName::from(app.address().ip());
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }

    async fn refusal(certificate: Certificate, trusted: bool) -> CertificateError {
        let app = TlsApp::start(certificate, |_| Reply::new(200));
        let error = connect(&app, trusted, &[])
            .await
            .expect_err("the handshake is refused");
        assert!(app.requests().is_empty());
        match error
            .into_inner()
            .unwrap()
            .downcast::<Error>()
            .map(|error| *error)
        {
            Ok(Error::InvalidCertificate(reason)) => reason,
            other => panic!("not a certificate error: {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_client_that_trusts_the_authority_speaks_http2() {
        let app = TlsApp::start(Certificate::Valid, |_| Reply::text(200, "tide"));
        let stream = connect(&app, true, &["h2", "http/1.1"]).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
        let (mut client, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .unwrap();
        tokio::spawn(connection);
        let request = hyper::Request::get(format!("{}/a?b", app.url()));
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let answer = client.send_request(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(
            answer.into_body().collect().await.unwrap().to_bytes(),
            "tide"
        );
        assert_eq!(app.requests()[0].target, "/a?b");
    }

    #[tokio::test]
    async fn alpn_falls_back_to_http_1_1() {
        let app = TlsApp::start(Certificate::Valid, |_| Reply::new(200));
        let stream = connect(&app, true, &["http/1.1"]).await.unwrap();
        assert_eq!(
            stream.get_ref().1.alpn_protocol(),
            Some(b"http/1.1".as_slice())
        );
    }

    #[tokio::test]
    async fn a_client_that_does_not_trust_the_authority_refuses() {
        assert_eq!(
            refusal(Certificate::Valid, false).await,
            CertificateError::UnknownIssuer
        );
    }

    #[tokio::test]
    async fn a_certificate_for_another_host_is_refused() {
        let reason = refusal(Certificate::WrongHost, true).await;
        assert!(
            matches!(reason, CertificateError::NotValidForNameContext { .. }),
            "{reason:?}"
        );
    }

    #[tokio::test]
    async fn an_expired_certificate_is_refused() {
        let reason = refusal(Certificate::Expired, true).await;
        assert!(
            matches!(reason, CertificateError::ExpiredContext { .. }),
            "{reason:?}"
        );
    }
}
