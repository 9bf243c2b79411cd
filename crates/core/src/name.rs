//! Names that are not mixed up with each other.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(transparent)]
            pub struct $name(Arc<str>);

            impl $name {
                /// Takes a text as the name.
                pub fn new(name: impl Into<Arc<str>>) -> Self {
                    Self(name.into())
                }

                /// The name as text.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    formatter.pad(&self.0)
                }
            }

            impl From<&str> for $name {
                fn from(name: &str) -> Self {
                    Self::new(name)
                }
            }

            impl std::borrow::Borrow<str> for $name {
                fn borrow(&self) -> &str {
                    &self.0
                }
            }
        )*
    };
}

names! {
    /// The id of a check (its key in the gate file, with its pack's prefix) or of an observer.
    CheckId;
    /// The name of an identity.
    IdentityName;
    /// The name of an entry under `apis:`.
    ApiName;
}

/// The name of one thing a check can find: `kind/slug`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(Cow<'static, str>);

impl Code {
    /// A code that is known when Tidegate is built.
    pub const fn known(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// A code that is learned at run time, as a plugin's are.
    pub fn new(code: impl Into<String>) -> Self {
        Self(Cow::Owned(code.into()))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind or observer that owns the code: what stands before the last slash.
    pub fn kind(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(kind, _)| kind)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}
