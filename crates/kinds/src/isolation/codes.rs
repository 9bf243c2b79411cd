//! Everything that `isolation` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// A thing of another tenant is read.
const READ: CodeInfo = CodeInfo::known(
    "isolation/read",
    Severity::Critical,
    Effort::Medium,
    "A client can read what belongs to another client",
    "One client reads another's data: the breach that has to be reported, and that ends contracts.",
);
/// A list tells of things of another tenant.
const LIST: CodeInfo = CodeInfo::known(
    "isolation/list",
    Severity::Critical,
    Effort::Medium,
    "A list, a search or an export shows a client what belongs to another client",
    "Clients see each other's data without even looking for it.",
);
/// A thing of another tenant is changed.
const WRITE: CodeInfo = CodeInfo::known(
    "isolation/write",
    Severity::Critical,
    Effort::Medium,
    "A client can change what belongs to another client",
    "One client overwrites another's data, by mistake or on purpose, and nobody can say what it was before.",
);
/// A write is refused in words only.
const WRITE_BY_REFUSED: CodeInfo = CodeInfo::known(
    "isolation/write-by-refused",
    Severity::Critical,
    Effort::Medium,
    "A client is refused, and what belongs to another client changes all the same",
    "One client's data changes while every log says that nothing was done, so that the cause is never found.",
);
/// A thing of another tenant is removed.
const DELETE: CodeInfo = CodeInfo::known(
    "isolation/delete",
    Severity::Critical,
    Effort::Medium,
    "A client can delete what belongs to another client",
    "One client's data disappears at another's request.",
);
/// A write lands with another tenant.
const FOREIGN_TENANT: CodeInfo = CodeInfo::known(
    "isolation/foreign-tenant",
    Severity::Critical,
    Effort::Small,
    "A client can put data into the account of another client by naming it",
    "Forged records appear in a client's account and look like that client's own.",
);
/// An own thing shows another tenant's.
const REFERENCE: CodeInfo = CodeInfo::known(
    "isolation/reference",
    Severity::Critical,
    Effort::Medium,
    "A client's own record can point at another client's and then shows it",
    "One client reads another's data through a record of its own.",
);
/// A cache mixes tenants up.
const SHARED_CACHE: CodeInfo = CodeInfo::known(
    "isolation/shared-cache",
    Severity::Critical,
    Effort::Small,
    "A cache gives a client what another client was answered",
    "Clients see each other's pages at random, and nobody can reproduce it.",
);
/// Shared caches may keep data of a tenant.
const PUBLIC_CACHE: CodeInfo = CodeInfo::known(
    "isolation/public-cache",
    Severity::High,
    Effort::Small,
    "Answers with a client's data may be kept by shared caches",
    "A proxy or a CDN between the portal and its clients may hand one client's data to the next.",
);

/// All of them, in the order of [`Failure`].
pub(super) static CODES: &[CodeInfo] = &[
    READ,
    LIST,
    WRITE,
    WRITE_BY_REFUSED,
    DELETE,
    FOREIGN_TENANT,
    REFERENCE,
    SHARED_CACHE,
    PUBLIC_CACHE,
];

/// How tenants fail to be kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// `isolation/read`
    Read,
    /// `isolation/list`
    List,
    /// `isolation/write`
    Write,
    /// `isolation/write-by-refused`
    WriteByRefused,
    /// `isolation/delete`
    Delete,
    /// `isolation/foreign-tenant`
    ForeignTenant,
    /// `isolation/reference`
    Reference,
    /// `isolation/shared-cache`
    SharedCache,
    /// `isolation/public-cache`
    PublicCache,
}

impl Failure {
    /// What the code says about itself.
    pub(super) fn info(self) -> &'static CodeInfo {
        &CODES[self as usize]
    }
}
