//! What keeps an archive from being looked into.

/// Something within an archive that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", within(.path))]
pub(crate) struct ArchiveFault {
    /// The path within the archive; empty for the archive itself.
    pub(crate) path: String,
    /// Why.
    pub(crate) problem: Problem,
}

/// Why something within an archive could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    /// It is as large, deep or tightly packed as is looked at.
    #[error(transparent)]
    Limit(#[from] Limit),
    /// It needs a password.
    #[error("it is encrypted")]
    Encrypted,
    /// It is packed in a way that is not undone.
    #[error("it is packed with {method}, which is not unpacked")]
    Method {
        /// The name of the method, or its number.
        method: String,
    },
    /// It is an archive of a sort that is not looked into.
    #[error("{0} archives are not looked into")]
    Foreign(&'static str),
    /// It is not what its headers say.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    /// The system could not read on.
    #[error("it could not be read: {0}")]
    Unreadable(String),
}

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Limit {
    /// Archives within archives.
    #[error("it lies more than {0} archives deep")]
    Depth(u32),
    /// Entries.
    #[error("there are more than {0} entries; those after it are not looked at")]
    Entries(u32),
    /// Bytes that were unpacked in all.
    #[error("there are more than {} MiB to unpack; what follows is not looked at", .0 >> 20)]
    Unpacked(u64),
    /// Unpacked bytes for each packed one.
    #[error(
        "it is more than {0} times larger than packed, as a zip bomb is; the rest of it is not looked at"
    )]
    Ratio(u64),
}

impl Problem {
    pub(super) fn unreadable(error: &std::io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }

    /// How to mend it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Limit(_) => "Leave the archive out of the deploy, or out of the check.",
            Self::Encrypted => {
                "Nobody can see what is in it; leave it out of the deploy or out of the check."
            }
            Self::Method { .. } | Self::Foreign(_) => {
                "Pack it as zip, tar or gzip to have it looked into, or leave it out of the deploy."
            }
            Self::Damaged(_) => "Make the archive anew.",
            Self::Unreadable(_) => "Check the permissions of the file.",
        }
    }
}

fn within(path: &str) -> String {
    if path.is_empty() {
        return String::new();
    }
    format!("{path}: ")
}
