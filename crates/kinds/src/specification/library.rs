//! The documents of an interface, and the references between and within them.

use std::cell::Cell;
use std::collections::HashMap;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::span::{Source, Span};

use super::document::{At, Id, Tree};

/// The most documents that refer to each other.
const DOCUMENT_LIMIT: usize = 1_000;

/// The most references in a row.
const CHAIN_LIMIT: usize = 64;

/// Reads the bytes of a document by its path, which never leads over the network.
pub(crate) trait Fetch {
    /// The content, or why there is none in a phrase.
    fn fetch(&self, path: &str) -> Result<Vec<u8>, String>;
}

impl<F: Fn(&str) -> Result<Vec<u8>, String>> Fetch for F {
    fn fetch(&self, path: &str) -> Result<Vec<u8>, String> {
        self(path)
    }
}

/// A value of a library, to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// The number of its document.
    pub(crate) document: u32,
    /// Its number in the document.
    pub(crate) value: Id,
}

/// A document and every local one that it refers to.
#[derive(Debug)]
pub(crate) struct Library {
    documents: Vec<Document>,
    /// What other files a reference led to, by the path it names; `Err` says why there is none.
    files: HashMap<String, Result<u32, String>>,
}

#[derive(Debug)]
struct Document {
    path: String,
    tree: Tree,
}

/// Why a reference leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RefError {
    /// It leads over the network.
    #[error("`{0}` leads over the network, where Tidegate does not look")]
    Remote(String),
    /// The file is not there or no document.
    #[error("`{reference}` leads nowhere: {reason}")]
    File {
        /// The reference as it is written.
        reference: String,
        /// Why.
        reason: String,
    },
    /// The document has no such part.
    #[error("`{0}` leads nowhere")]
    Missing(String),
    /// It leads back to itself.
    #[error("`{0}` leads back to itself")]
    Cycle(String),
}

impl RefError {
    /// How to mend it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Remote(_) => {
                "Keep a copy of that document in the repository and refer to it by its path."
            }
            Self::File { .. } => {
                "The path is relative to the document that the reference stands in."
            }
            Self::Missing(_) => "Look for a slip in the reference, or add what it names.",
            Self::Cycle(_) => "Write out what one of the references in the circle means.",
        }
    }
}

impl Library {
    /// Reads the document at a path, and every local one that it or they refer to.
    ///
    /// # Errors
    /// When the document itself cannot be read; one that is referred to fails only its references.
    pub(crate) fn open(path: &str, fetch: &dyn Fetch) -> Result<Self, Diagnostic> {
        let bytes = fetch
            .fetch(path)
            .map_err(|reason| unreadable(path, &reason))?;
        Self::new(path, bytes, fetch)
    }

    /// Takes the bytes of a document that is known by a path, and reads every local one referred to.
    ///
    /// # Errors
    /// When it is no document.
    pub(crate) fn new(path: &str, bytes: Vec<u8>, fetch: &dyn Fetch) -> Result<Self, Diagnostic> {
        let tree = Tree::read(path, bytes)?;
        let mut library = Self {
            documents: vec![Document {
                path: path.to_owned(),
                tree,
            }],
            files: HashMap::from([(path.to_owned(), Ok(0))]),
        };
        let mut at = 0;
        while at < library.documents.len() {
            for path in library.files_of(at) {
                library.load(path, fetch);
            }
            at += 1;
        }
        Ok(library)
    }

    /// The paths that the references of a document name.
    fn files_of(&self, document: usize) -> Vec<String> {
        let Document { path, tree } = &self.documents[document];
        let mut found = Vec::new();
        for reference in tree.references() {
            let (file, _) = split(reference);
            if !file.is_empty() && !is_remote(file) {
                let file = join(path, file);
                if !self.files.contains_key(&file) && !found.contains(&file) {
                    found.push(file);
                }
            }
        }
        found
    }

    fn load(&mut self, path: String, fetch: &dyn Fetch) {
        let full = self.documents.len() >= DOCUMENT_LIMIT;
        let read = if full {
            Err(format!(
                "more than {DOCUMENT_LIMIT} documents refer to each other"
            ))
        } else {
            let bytes = fetch.fetch(&path);
            bytes.and_then(|bytes| Tree::read(&path, bytes).map_err(|fault| fault.message))
        };
        let known = read.map(|tree| {
            self.documents.push(Document {
                path: path.clone(),
                tree,
            });
            u32::try_from(self.documents.len() - 1).unwrap_or(u32::MAX)
        });
        self.files.insert(path, known);
    }

    /// The root of the first document.
    pub(crate) fn root(&self) -> At<'_> {
        self.document(0)
    }

    fn document(&self, document: u32) -> At<'_> {
        let tree = &self.documents[document as usize].tree;
        let place = Place {
            document,
            value: tree.root(),
        };
        At::new(self, tree, place)
    }

    /// The roots of all documents, the first one first.
    pub(crate) fn roots(&self) -> impl Iterator<Item = At<'_>> {
        let numbers = 0..u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        numbers.map(|document| self.document(document))
    }

    /// A value that was kept.
    pub(crate) fn at(&self, place: Place) -> At<'_> {
        At::new(self, &self.documents[place.document as usize].tree, place)
    }

    /// Every map with a `$ref`, in all documents.
    pub(crate) fn references(&self) -> impl Iterator<Item = At<'_>> {
        let documents = (0..).zip(&self.documents);
        documents.flat_map(move |(number, document)| {
            let referring = document.tree.referring();
            referring.map(move |value| {
                let place = Place {
                    document: number,
                    value,
                };
                self.at(place)
            })
        })
    }

    /// The path by which the document of a value is known.
    pub(crate) fn path_of(&self, at: At<'_>) -> &str {
        &self.documents[at.place().document as usize].path
    }

    /// Keys that stand twice in their map, in any of the documents.
    pub(crate) fn doubled(&self) -> impl Iterator<Item = &Diagnostic> {
        self.documents
            .iter()
            .flat_map(|document| &document.tree.doubled)
    }

    /// What a reference that stands at a place leads to; not followed further.
    pub(crate) fn target<'l>(&'l self, from: At<'l>, reference: &str) -> Result<At<'l>, RefError> {
        let (file, fragment) = split(reference);
        if is_remote(file) {
            return Err(RefError::Remote(reference.to_owned()));
        }
        let document = if file.is_empty() {
            from.place().document
        } else {
            let path = join(&self.documents[from.place().document as usize].path, file);
            match self.files.get(&path) {
                Some(Ok(document)) => *document,
                Some(Err(reason)) => {
                    return Err(RefError::File {
                        reference: reference.to_owned(),
                        reason: reason.clone(),
                    });
                }
                None => return Err(RefError::Missing(reference.to_owned())),
            }
        };
        let root = self.document(document);
        let fragment = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        let found = if fragment.is_empty() || fragment.starts_with('/') {
            root.at_pointer(&fragment)
        } else {
            self.anchor(document, &fragment)
        };
        found.ok_or_else(|| RefError::Missing(reference.to_owned()))
    }

    /// Whether it depends on the way to it what a `$dynamicRef` of the same document leads to.
    pub(crate) fn depends_on_the_way(&self, from: At<'_>, reference: &str) -> bool {
        let (file, fragment) = split(reference);
        let tree = &self.documents[from.place().document as usize].tree;
        !file.is_empty() || tree.dynamic_anchors(fragment) > 1
    }

    fn anchor(&self, document: u32, name: &str) -> Option<At<'_>> {
        let tree = &self.documents[document as usize].tree;
        let value = tree.anchor(name)?;
        Some(self.at(Place { document, value }))
    }
}

impl<'l> At<'l> {
    /// The reference that stands here instead of a value.
    pub(crate) fn reference(self) -> Option<&'l str> {
        self.text_of("$ref")
    }

    /// The value itself, or what its `$ref` leads to in the end.
    ///
    /// # Errors
    /// When the reference leads nowhere or in a circle.
    pub(crate) fn follow(self) -> Result<Self, RefError> {
        let left = Cell::new(CHAIN_LIMIT);
        let mut at = self;
        while let Some(reference) = at.reference() {
            if left.replace(left.get() - 1) == 1 {
                return Err(RefError::Cycle(reference.to_owned()));
            }
            at = at.library().target(at, reference)?;
        }
        Ok(at)
    }
}

/// The file and the fragment of a reference.
fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Whether a reference has a scheme or a host; a letter and a colon is a drive.
fn is_remote(file: &str) -> bool {
    let scheme = file.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = |text: &str| {
        text.len() > 1
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    file.starts_with("//") || is_scheme(scheme)
}

/// The path that a relative one names from a document.
fn join(document: &str, relative: &str) -> String {
    let relative = percent_encoding::percent_decode_str(relative).decode_utf8_lossy();
    let relative = relative.split('?').next().unwrap_or_default();
    if relative.starts_with('/') {
        return relative.to_owned();
    }
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::at(
        Span::new(Source::new(path, ""), 0, 0),
        format!("{path} could not be read"),
    )
    .label(reason.to_owned())
    .help("The path is relative to the folder of the gate file.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(files: &[(&str, &str)]) -> Library {
        let files: HashMap<String, String> = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        let fetch = move |path: &str| {
            let found = files.get(path).map(|text| text.clone().into_bytes());
            found.ok_or_else(|| "there is no such file".to_owned())
        };
        Library::open("api/openapi.yaml", &fetch).unwrap()
    }

    #[test]
    fn references_lead_across_files_and_back() {
        let library = library(&[
            (
                "api/openapi.yaml",
                "a: { $ref: '../shared/types.yaml#/User' }\nb: { $ref: '#/c' }\nc: { d~/e: 1 }\nf: { $ref: '#/c/d~0~1e' }\n",
            ),
            (
                "shared/types.yaml",
                "User: { name: { $ref: '../api/openapi.yaml#/c' }, far: { $ref: 'https://x.example/y.json' }, near: { $ref: 'gone.yaml' }, none: { $ref: '#/Nobody' }, self: { $ref: '#/User/self' } }\n",
            ),
        ]);
        let root = library.root();
        let user = root.get("a").unwrap().follow().unwrap();
        assert_eq!(user.location().to_string(), "shared/types.yaml:1:1");
        assert_eq!(user.pointer(), "/User");
        let c = user.get("name").unwrap().follow().unwrap();
        assert_eq!(c, root.get("c").unwrap());
        let one = root.get("f").unwrap().follow().unwrap();
        assert_eq!(one.number().unwrap().as_i64(), Some(1));
        let refused = |key: &str| user.get(key).unwrap().follow().unwrap_err().to_string();
        assert_eq!(
            refused("far"),
            "`https://x.example/y.json` leads over the network, where Tidegate does not look"
        );
        assert_eq!(
            refused("near"),
            "`gone.yaml` leads nowhere: there is no such file"
        );
        assert_eq!(refused("none"), "`#/Nobody` leads nowhere");
        assert_eq!(refused("self"), "`#/User/self` leads back to itself");
    }
}
