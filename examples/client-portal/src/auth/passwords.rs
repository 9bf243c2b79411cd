//! Hashing and comparing passwords.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::errors::ApiError;

/// Memory in KiB, passes and lanes of Argon2id.
///
/// A fifth of the 19 MiB and half of the two passes that OWASP's password storage cheat sheet asks
/// for: the portal is started afresh dozens of times in one test run and hashes six passwords at
/// each start. A portal that holds real people's data takes `Params::DEFAULT`.
const LIGHT_PARAMETERS: (u32, u32, u32) = (4096, 1, 1);

/// Hashes a password with Argon2id and a random salt, in the PHC string format.
pub(crate) fn hash_password(password: &str) -> Result<String, argon2::password_hash::Error> {
    let (memory, passes, lanes) = LIGHT_PARAMETERS;
    let parameters = Params::new(memory, passes, lanes, None)?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
    Ok(hasher.hash_password(password.as_bytes())?.to_string())
}

/// Compares on a thread that may block: hashing is slow on purpose.
pub(super) async fn password_matches(password: String, hash: String) -> Result<bool, ApiError> {
    let compared = tokio::task::spawn_blocking(move || {
        let hash = PasswordHash::new(&hash).map_err(ApiError::internal)?;
        Ok(Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok())
    });
    compared.await.map_err(ApiError::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_matches_its_hash() {
        let hash = hash_password("correct horse").expect("hash");
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        for (password, expected) in [
            ("correct horse", true),
            ("correct horses", false),
            ("", false),
        ] {
            let matches = password_matches(password.to_owned(), hash.clone()).await;
            assert_eq!(matches.expect("comparison"), expected, "{password}");
        }
    }

    #[test]
    fn equal_passwords_have_different_hashes() {
        assert_ne!(
            hash_password("same").expect("hash"),
            hash_password("same").expect("hash")
        );
    }
}
