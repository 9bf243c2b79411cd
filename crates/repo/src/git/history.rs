//! What each commit added.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;

use gix::bstr::{BString, ByteSlice as _};
use gix::date::time::format::ISO8601_STRICT;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;
use gix::{ObjectId, Tree};
use tidegate_core::ports::{ChangedBlob, ChangedFile, Commit, Content, RepositoryError, WHOLE};

use super::changes::{self, New};
use super::content::Reader;
use super::origins::Origins;
use super::revisions::{commit, parents};
use super::{similar, unreadable};

/// What [`tidegate_core::ports::Repository::visit_history`] promises.
pub(super) fn visit(
    reader: &Reader<'_>,
    since: Option<&str>,
    head: &str,
    visit: &mut dyn FnMut(&Commit, ChangedBlob) -> ControlFlow<()>,
) -> Result<(), RepositoryError> {
    let repository = reader.repository;
    let hidden = since.map(|since| commit(repository, since)).transpose()?;
    let walk = repository
        .rev_walk([commit(repository, head)?.id])
        .with_hidden(hidden.map(|commit| commit.id))
        .sorting(Sorting::ByCommitTime(CommitTimeOrder::NewestFirst));
    for info in walk.all().map_err(unreadable)? {
        let id = info.map_err(unreadable)?.id;
        let commit = repository.find_commit(id).map_err(unreadable)?;
        if visit_commit(reader, &commit, visit)?.is_break() {
            break;
        }
    }
    Ok(())
}

fn visit_commit(
    reader: &Reader<'_>,
    commit: &gix::Commit<'_>,
    visit: &mut dyn FnMut(&Commit, ChangedBlob) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, RepositoryError> {
    let additions = additions(reader, commit)?;
    if additions.is_empty() {
        return Ok(ControlFlow::Continue(()));
    }
    let known = describe(commit);
    for (path, addition) in additions {
        let blob = ChangedBlob {
            file: ChangedFile {
                path: path.to_string(),
                renamed_from: addition.renamed_from,
                removed: false,
            },
            old: joined(addition.old.iter().map(|id| reader.blob(*id)).collect()),
            new: Some(reader.blob(addition.new)),
        };
        if visit(&known, blob).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// A file that is as no parent has it.
struct Addition {
    renamed_from: Option<String>,
    /// What it was in each parent that has it.
    old: Vec<ObjectId>,
    new: ObjectId,
}

/// The files of a commit that are as none of its parents has them.
fn additions(
    reader: &Reader<'_>,
    commit: &gix::Commit<'_>,
) -> Result<BTreeMap<BString, Addition>, RepositoryError> {
    let tree = commit.tree().map_err(unreadable)?;
    let parents = parents(reader.repository, commit)?;
    let Some((first, others)) = parents.split_first() else {
        return since_parent(reader, &reader.repository.empty_tree(), &tree);
    };
    let first = first.tree().map_err(unreadable)?;
    let mut additions = since_parent(reader, &first, &tree)?;
    for parent in others {
        let parent = parent.tree().map_err(unreadable)?;
        let mut more = since_parent(reader, &parent, &tree)?;
        additions.retain(|path, addition| {
            let other = more.remove(path);
            let old = other.map(|other| other.old);
            let differs = old.is_some();
            addition.old.extend(old.into_iter().flatten());
            differs
        });
    }
    Ok(additions)
}

/// The files of a tree that are not as a parent has them.
fn since_parent(
    reader: &Reader<'_>,
    parent: &Tree<'_>,
    tree: &Tree<'_>,
) -> Result<BTreeMap<BString, Addition>, RepositoryError> {
    let changes = changes::between(parent, tree)?;
    let mut origins = Origins::exact(&changes);
    similar::find(&mut origins, &changes, reader);
    let mut additions = BTreeMap::new();
    for (path, sides) in &changes.0 {
        let file = origins.file(path.as_bstr(), sides);
        let old = origins.before(path.as_bstr(), sides);
        // A file that only moved adds nothing.
        if let (Some(file), New::Blob(new)) = (file, &sides.new)
            && old != Some(*new)
        {
            let addition = Addition {
                renamed_from: file.renamed_from,
                old: old.into_iter().collect(),
                new: *new,
            };
            additions.insert(path.clone(), addition);
        }
    }
    Ok(additions)
}

/// Several contents as one, a line end between them.
fn joined(contents: Vec<Content>) -> Option<Content> {
    let mut contents = contents.into_iter();
    let first = contents.next()?;
    Some(contents.fold(first, join))
}

fn join(one: Content, other: Content) -> Content {
    match (one, other) {
        (Content::Unreadable(reason), _) | (_, Content::Unreadable(reason)) => {
            Content::Unreadable(reason)
        }
        (Content::Whole(mut one), Content::Whole(other))
            if one.len().saturating_add(other.len()) < WHOLE =>
        {
            one.push(b'\n');
            one.extend_from_slice(&other);
            Content::Whole(one)
        }
        (one, other) => match (pieces(one), pieces(other)) {
            (Some((one, first)), Some((other, second))) => Content::Large {
                size: one.saturating_add(other).saturating_add(1),
                reader: Box::new(first.chain(&b"\n"[..]).chain(second)),
            },
            _ => Content::Unreadable(String::new()),
        },
    }
}

/// The size of a content and its reader.
fn pieces(content: Content) -> Option<(u64, Box<dyn Read + Send>)> {
    match content {
        Content::Whole(content) => {
            let size = u64::try_from(content.len()).ok()?;
            Some((size, Box::new(Cursor::new(content))))
        }
        Content::Large { size, reader } => Some((size, reader)),
        Content::Unreadable(_) => None,
    }
}

/// A commit as people know it; what a malformed one does not tell stays empty.
pub(super) fn describe(commit: &gix::Commit<'_>) -> Commit {
    let at = commit
        .time()
        .ok()
        .and_then(|time| time.format(ISO8601_STRICT).ok());
    let author = commit.author().ok().map(|author| author.name.to_string());
    Commit {
        id: commit.id.to_string(),
        at: at.unwrap_or_default(),
        author: author.unwrap_or_default(),
    }
}
