//! TLS to GitHub: the system's trust, and ring as the one cryptography.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls_platform_verifier::Verifier;

/// The settings of every connection; the provider is handed in, never installed for the process.
///
/// # Errors
/// In words, when the system's certificates cannot be read.
pub(crate) fn config() -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let told = |error: rustls::Error| format!("this machine's trusted certificates: {error}");
    let verifier: Arc<dyn ServerCertVerifier> =
        Arc::new(Verifier::new(Arc::clone(&provider)).map_err(told)?);
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(told)?
        // The platform's verifier comes in by this door; nothing is left unverified.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
