//! Ready-made checks that a gate file includes.

/// Where `include: [{ pack: NAME }]` finds its packs.
pub trait PackSource: Send + Sync {
    /// The gate-file fragment of a pack: a map with `parameters:` and `checks:`.
    fn pack(&self, name: &str) -> Option<PackFile>;

    /// The names of all packs, sorted.
    fn names(&self) -> Vec<String>;
}

/// The text of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// What errors and findings call the file, as in `pack:client-portal`.
    pub file: String,
    /// The YAML text.
    pub text: String,
}
