//! Everything that `firebase` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// Strangers read the Realtime Database.
pub(super) const DATABASE_READABLE: CodeInfo = CodeInfo::known(
    "firebase/database-readable",
    Severity::Critical,
    Effort::Small,
    "The Realtime Database can be read without a login",
    "Anybody who knows the address, which every page carries, downloads what every client stored.",
);
/// Strangers write to the Realtime Database.
pub(super) const DATABASE_WRITABLE: CodeInfo = CodeInfo::known(
    "firebase/database-writable",
    Severity::Critical,
    Effort::Small,
    "The Realtime Database can be written to without a login",
    "Anybody can change or delete what clients stored, or fill the database.",
);
/// Strangers read a collection.
pub(super) const DOCUMENTS_READABLE: CodeInfo = CodeInfo::known(
    "firebase/documents-readable",
    Severity::Critical,
    Effort::Small,
    "A Firestore collection can be read without a login",
    "Anybody who opens the portal's page once can download the documents of every client.",
);
/// Strangers write to a collection.
pub(super) const DOCUMENTS_WRITABLE: CodeInfo = CodeInfo::known(
    "firebase/documents-writable",
    Severity::Critical,
    Effort::Small,
    "Firestore documents can be created without a login",
    "Anybody can put documents into the portal that clients take for their own.",
);
/// Strangers list files.
pub(super) const FILES_LISTED: CodeInfo = CodeInfo::known(
    "firebase/files-listed",
    Severity::High,
    Effort::Small,
    "The files of a storage bucket can be listed without a login",
    "Strangers learn the name of every file, and whoever may list usually may open.",
);
/// Whoever makes an account reads it.
pub(super) const ANY_ACCOUNT: CodeInfo = CodeInfo::known(
    "firebase/any-account",
    Severity::Critical,
    Effort::Medium,
    "Whoever makes an account reads what clients stored",
    "The rules ask whether somebody is logged in and not who: a stranger makes an account and reads everything.",
);

/// All of them.
pub(super) const CODES: &[CodeInfo] = &[
    DATABASE_READABLE,
    DATABASE_WRITABLE,
    DOCUMENTS_READABLE,
    DOCUMENTS_WRITABLE,
    FILES_LISTED,
    ANY_ACCOUNT,
];
