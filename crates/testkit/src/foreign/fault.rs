//! What can be wrong with the app.

/// A regression the app can be started with; without one it behaves as the module says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The right password is refused as a wrong one is.
    LoginRefused,
    /// Creating an order answers as a success does and stores nothing.
    CreateForgotten,
    /// The export lacks the last order.
    ExportTruncated,
    /// An order is shown to the other tenant, as a page and by the API.
    OrderReadable,
    /// A `PUT` changes the other tenant's order.
    OrderWritable,
    /// A `PUT` changes the other tenant's order and answers that there is none.
    OrderWritableSilently,
    /// A `DELETE` removes the other tenant's order.
    OrderDeletable,
    /// The API's list shows the orders of both tenants.
    ListShared,
    /// The export holds the orders of both tenants.
    ExportShared,
    /// A create stores the order with the tenant that the body names.
    TenantChosen,
    /// A create and a `PUT` keep the `approved` that the body brings.
    ExtraFieldStored,
    /// The dashboard of `harbour` is shown without a session.
    PagesOpen,
    /// Orders of `harbour` are created without a session.
    WriteOpen,
    /// Clerks see the settings page and change the markup.
    RoleBypass,
    /// Signing in keeps the session's name.
    SessionFixed,
    /// Signing out clears the cookie and leaves the session alive.
    LogoutForgotten,
    /// The cookie has neither `HttpOnly` nor `SameSite`.
    CookieBare,
    /// Wrong passwords may be tried without end.
    ThrottleMissing,
    /// The form says when nobody has the email.
    Enumeration,
    /// Every origin may read answers with the visitor's session.
    CorsReflected,
    /// `/.env` is served.
    EnvServed,
    /// Every site may frame the pages.
    FramingAllowed,
    /// No answer has a security header.
    HeadersMissing,
    /// Pages and data may be kept by every cache.
    PublicCache,
    /// The list shows all orders whatever `limit` says.
    LimitIgnored,
    /// The list shows a password hash with each order.
    SensitiveField,
}
