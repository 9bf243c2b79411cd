//! What a handover report says beside what the checks found: asked in the gate file, never inferred.

/// What a handover report says beside what the checks found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handover {
    /// Who the portal is handed to.
    pub client: Option<String>,
}
