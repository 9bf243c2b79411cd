//! Files of the project under globs that are asked for and granted.

use tidegate_core::ports::FilesError as PortError;

use super::place::brief;
use super::{Granted, clean};
use crate::capability;
use crate::interface::files::FilesError;

impl Granted {
    /// The granted files that match a glob.
    ///
    /// # Errors
    /// When no file is granted, the glob is none, or a folder cannot be read.
    pub(super) fn find_files(&self, glob: &str) -> Result<Vec<String>, FilesError> {
        let files = &self.powers.files;
        if files.is_empty() {
            return Err(FilesError::Denied(
                "no file is granted; the gate file grants some by `grant: { files: [GLOB] }`, and the plugin has to ask for them".to_owned(),
            ));
        }
        let wanted = capability::glob(glob)
            .ok_or_else(|| FilesError::Denied(format!("`{}` is no proper glob", brief(glob))))?;
        let found = self
            .files
            .list(files.granted())
            .map_err(|error| fault(&error))?;
        let shown = found
            .into_iter()
            .filter(|path| proper(path) && files.allows(path) && wanted.is_match(path));
        Ok(shown.collect())
    }

    /// The content of a granted file, its secrets replaced.
    ///
    /// # Errors
    /// When it is not granted or cannot be read.
    pub(super) fn read_file(&self, path: &str, limit: u32) -> Result<Vec<u8>, FilesError> {
        if !proper(path) || !self.powers.files.allows(path) {
            let path = brief(path);
            return Err(FilesError::Denied(format!(
                "no granted glob matches `{path}`; the gate file grants it by `grant: {{ files: [GLOB] }}`, and the plugin has to ask for it"
            )));
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let content = self
            .files
            .read(path, limit)
            .map_err(|error| fault(&error))?;
        Ok(clean::bytes(&*self.secrets, &content))
    }
}

/// Whether a path leads down from the folder of the gate file, and not into the git repository's own files, which
/// hold credentials.
fn proper(path: &str) -> bool {
    let step = |part: &str| !matches!(part, "" | "." | "..") && !part.eq_ignore_ascii_case(".git");
    !path.contains(|c: char| c == '\\' || c == ':' || c.is_control()) && path.split('/').all(step)
}

fn fault(error: &PortError) -> FilesError {
    match error {
        PortError::Outside { .. } | PortError::Glob { .. } => FilesError::Denied(error.to_string()),
        PortError::Missing { path } => FilesError::Missing(path.clone()),
        PortError::TooLarge { limit, .. } => FilesError::TooLarge(*limit as u64),
        PortError::Unreadable { .. } => FilesError::Unreadable(error.to_string()),
    }
}
