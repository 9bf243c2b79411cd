//! Everything that `supabase` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// The key that was taken for the public one is the secret one.
pub(super) const SERVICE_KEY: CodeInfo = CodeInfo::known(
    "supabase/service-key",
    Severity::Critical,
    Effort::Small,
    "The secret key stands where the public key belongs",
    "Row security does not apply to this key: whoever has it reads and changes everything of every client.",
);
/// Strangers read a table.
pub(super) const TABLE_READABLE: CodeInfo = CodeInfo::known(
    "supabase/table-readable",
    Severity::Critical,
    Effort::Small,
    "A table can be read without a login",
    "Anybody who opens the portal's page once can download the rows of every client.",
);
/// Strangers write into a table.
pub(super) const TABLE_WRITABLE: CodeInfo = CodeInfo::known(
    "supabase/table-writable",
    Severity::Critical,
    Effort::Small,
    "Rows can be added without a login",
    "Anybody can put data into the portal that clients take for their own, or fill the database.",
);
/// A table that is public on purpose has columns that are not.
pub(super) const SENSITIVE_COLUMN: CodeInfo = CodeInfo::known(
    "supabase/sensitive-column",
    Severity::High,
    Effort::Small,
    "A public table has columns whose names speak of secrets",
    "What was meant for the page is published together with what was not.",
);
/// Whoever makes an account reads a table.
pub(super) const ANY_ACCOUNT: CodeInfo = CodeInfo::known(
    "supabase/any-account",
    Severity::Critical,
    Effort::Medium,
    "A table can be read by whoever makes an account",
    "The policy asks whether somebody is logged in and not who: a stranger makes an account and reads every client's rows.",
);
/// A tenant reads another's rows.
pub(super) const CROSS_TENANT: CodeInfo = CodeInfo::known(
    "supabase/cross-tenant",
    Severity::Critical,
    Effort::Medium,
    "Two tenants read the same rows of a table",
    "One client opens what belongs to another.",
);
/// The names of buckets are told.
pub(super) const BUCKETS_LISTED: CodeInfo = CodeInfo::known(
    "supabase/buckets-listed",
    Severity::Low,
    Effort::Small,
    "Storage buckets can be listed without a login",
    "Strangers learn where files are and whether a link is all it takes to open them.",
);
/// The files of a bucket are listed.
pub(super) const FILES_LISTED: CodeInfo = CodeInfo::known(
    "supabase/files-listed",
    Severity::High,
    Effort::Small,
    "The files of a bucket can be listed without a login",
    "Strangers learn the name of every file, and where the bucket is public they open them all.",
);
/// An edge function answers strangers.
pub(super) const FUNCTION_OPEN: CodeInfo = CodeInfo::known(
    "supabase/function-open",
    Severity::High,
    Effort::Small,
    "An edge function answers without a login",
    "Anybody can have the portal's server do what this function does.",
);
/// A database function may be called by strangers.
pub(super) const RPC_OPEN: CodeInfo = CodeInfo::known(
    "supabase/rpc-open",
    Severity::High,
    Effort::Small,
    "A database function can be called without a login",
    "Functions often run with the rights of their owner, past row security, and this one runs for anybody.",
);
/// Database functions are listed.
pub(super) const RPC_LISTED: CodeInfo = CodeInfo::known(
    "supabase/rpc-listed",
    Severity::Low,
    Effort::Small,
    "Database functions are offered to strangers",
    "Every function is a way into the database that row security may not guard.",
);
/// GraphQL tells the schema.
pub(super) const GRAPHQL_OPEN: CodeInfo = CodeInfo::known(
    "supabase/graphql-open",
    Severity::Low,
    Effort::Small,
    "GraphQL tells strangers what the database holds",
    "Strangers learn the names of tables and columns, which tells them where to try.",
);
/// Accounts can be made though there should be none.
pub(super) const SIGNUPS_OPEN: CodeInfo = CodeInfo::known(
    "supabase/signups-open",
    Severity::High,
    Effort::Small,
    "Anybody can make an account",
    "A portal that is by invitation only lets strangers in, and everything for logged-in users is theirs.",
);
/// Addresses are not confirmed.
pub(super) const AUTO_CONFIRM: CodeInfo = CodeInfo::known(
    "supabase/auto-confirm",
    Severity::Low,
    Effort::Small,
    "Accounts work without a confirmed address",
    "A stranger makes an account with a client's address and is taken for that client.",
);
/// Accounts without an address.
pub(super) const ANONYMOUS_USERS: CodeInfo = CodeInfo::known(
    "supabase/anonymous-users",
    Severity::Low,
    Effort::Small,
    "Anonymous sign-ins are switched on",
    "Strangers get the database role of logged-in users without as much as an address.",
);

/// All of them.
pub(super) const CODES: &[CodeInfo] = &[
    SERVICE_KEY,
    TABLE_READABLE,
    TABLE_WRITABLE,
    SENSITIVE_COLUMN,
    ANY_ACCOUNT,
    CROSS_TENANT,
    BUCKETS_LISTED,
    FILES_LISTED,
    FUNCTION_OPEN,
    RPC_OPEN,
    RPC_LISTED,
    GRAPHQL_OPEN,
    SIGNUPS_OPEN,
    AUTO_CONFIRM,
    ANONYMOUS_USERS,
];
