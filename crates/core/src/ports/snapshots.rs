//! Small files beside the gate file that a run writes and people review and commit.

/// Snapshots by their path relative to the gate file's folder.
pub trait Snapshots: Send + Sync {
    /// The content of a snapshot, if there is one.
    ///
    /// # Errors
    /// When the path leads outside the gate file's folder, or it exists and cannot be read.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, SnapshotError>;

    /// Replaces a snapshot in one step: a reader sees the old or the new one whole.
    ///
    /// # Errors
    /// When the path leads outside the gate file's folder, or it cannot be written.
    fn write(&self, path: &str, content: &[u8]) -> Result<(), SnapshotError>;
}

/// Why a snapshot could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the snapshot {path} could not be {action}: {reason}")]
pub struct SnapshotError {
    /// Its path as it was asked for.
    pub path: String,
    /// `read` or `written`.
    pub action: &'static str,
    /// What the system said.
    pub reason: String,
}

impl SnapshotError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "Name a file below the folder of the gate file, and make it readable and writable."
    }
}
