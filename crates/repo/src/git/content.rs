//! The contents of blobs and of files, whole or piece by piece.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice as _};
use tidegate_core::ports::{Content, RepositoryError, WHOLE};

use super::{program, unreadable};

/// Reads contents of a repository that is open.
pub(super) struct Reader<'r> {
    pub(super) repository: &'r gix::Repository,
    pub(super) root: &'r Path,
}

impl Reader<'_> {
    /// The content of a blob.
    pub(super) fn blob(&self, id: ObjectId) -> Content {
        let read = || {
            if let Some(content) = within(self.repository, id, WHOLE)? {
                return Ok(Content::Whole(content));
            }
            let size = size(self.repository, id)?;
            let reader = program::blob(self.root, &id.to_string(), size)?;
            Ok(Content::Large {
                size,
                reader: Box::new(reader),
            })
        };
        read().unwrap_or_else(|error: RepositoryError| Content::Unreadable(error.to_string()))
    }

    /// The content of a file of the working tree. A link counts as its target's name, as git has it.
    pub(super) fn file(&self, path: &BStr) -> Content {
        file(&self.place(path)).unwrap_or_else(|error| Content::Unreadable(error.to_string()))
    }

    /// Where a file of the working tree lies.
    pub(super) fn place(&self, path: &BStr) -> PathBuf {
        let native: Cow<'_, Path> = path.to_path_lossy();
        self.root.join(native)
    }
}

fn file(path: &Path) -> io::Result<Content> {
    let found = fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return target(path).map(Content::Whole);
    }
    if !found.is_file() {
        // To open a pipe would wait for its other end.
        let reason = "it is neither a file nor a link".to_owned();
        return Ok(Content::Unreadable(reason));
    }
    let file = File::open(path)?;
    let size = found.len();
    let bound = u64::try_from(WHOLE).unwrap_or(u64::MAX);
    if size > bound {
        return Ok(large(size, file));
    }
    // Room for one more byte shows the end without growing.
    let room = usize::try_from(size).unwrap_or(WHOLE).saturating_add(1);
    let mut start = Vec::with_capacity(room);
    let read = (&file).take(bound.saturating_add(1));
    let read = { read }.read_to_end(&mut start)?;
    if read > WHOLE {
        return Ok(large(size, Cursor::new(start).chain(file)));
    }
    Ok(Content::Whole(start))
}

fn large(size: u64, reader: impl Read + Send + 'static) -> Content {
    Content::Large {
        size,
        reader: Box::new(reader),
    }
}

/// The name that a link holds.
pub(super) fn target(link: &Path) -> io::Result<Vec<u8>> {
    let target = fs::read_link(link)?;
    Ok(target.as_os_str().as_encoded_bytes().to_vec())
}

/// The content of a blob; `None` when it is larger than the limit.
pub(super) fn within(
    repository: &gix::Repository,
    id: ObjectId,
    limit: usize,
) -> Result<Option<Vec<u8>>, RepositoryError> {
    if usize::try_from(size(repository, id)?).map_or(true, |size| size > limit) {
        return Ok(None);
    }
    let mut object = repository.find_object(id).map_err(unreadable)?;
    Ok(Some(std::mem::take(&mut object.data)))
}

/// The size of a blob in bytes.
pub(super) fn size(repository: &gix::Repository, id: ObjectId) -> Result<u64, RepositoryError> {
    let header = repository.find_header(id).map_err(unreadable)?;
    Ok(header.size())
}
