//! What a portal does wrong, and what it does differently.

/// What a portal does that it should not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Fault {
    /// Everybody reads everything by its id.
    Reads,
    /// HEAD is answered for everybody.
    Heads,
    /// Everybody reads what lies below.
    ReadsContent,
    /// The list has everything.
    Lists,
    /// The search finds everything.
    Searches,
    /// The export has everything.
    Exports,
    /// A filter by tenant is obeyed.
    Filters,
    /// A header that names a tenant is obeyed.
    TrustsHeader,
    /// PUT changes everything.
    Puts,
    /// PATCH changes everything and says that there is nothing.
    PatchesSilently,
    /// PUT makes the thing the caller's.
    TakesOver,
    /// A write to several changes everything.
    Bulk,
    /// An id in the body counts more than the one in the path.
    IdInBody,
    /// DELETE removes everything.
    Deletes,
    /// A create goes to the tenant that it names.
    CreatesFor,
    /// An update moves to the tenant that it names.
    MovesTo,
    /// A record shows the title of the one that it points at, whosever it is.
    ShowsParent,
    /// A cache has the path as its only key.
    Caches,
    /// Answers may be kept by everybody.
    Public,
}

/// What a portal does differently, and rightly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Manner {
    /// A foreign PUT or PATCH is answered with 204 and makes a new record of the caller's own.
    Redirects,
    /// Refusals are 200 with an error in the body.
    FailsInBody,
    /// A field counts how often the record was read.
    CountsReads,
    /// The search repeats what was searched for.
    Echoes,
    /// A create is answered with 202 and without an id, and carried out later.
    Later,
    /// The list has pages of three, the newest last.
    Pages,
    /// Ids are words and not numbers.
    Words,
    /// Fields that are not known are refused.
    Strict,
    /// A session ends after some requests, with a redirect or 401.
    Expires,
    /// A foreign id leads to another host.
    OffHost,
    /// The list is empty for whoever attacks.
    EmptyForBoris,
    /// The create does not say what the id is.
    NoId,
    /// After some requests there are to be no more.
    Limits,
    /// Nobody of globex can log in.
    NoLogin,
    /// Nobody of acme can log in.
    NoOwner,
    /// Only acme may create.
    ReadOnly,
    /// Writes to one thing do not work for anybody.
    NoPut,
    /// The owner's thing changes once while it is looked at.
    Settles,
}
