//! The trait behind [`check!`](crate::check), and what stands between it and the interface.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::bindings::{self, Guest};
use crate::code::is_kebab;
use crate::{Capability, Code, ConfigFault, Context, Description, Failure, Outcome};

/// A check; [`check!`](crate::check) implements it.
pub trait Check {
    /// What stands under the plugin's key in a gate file.
    type Config: DeserializeOwned + JsonSchema;

    /// Its name: lowercase words with hyphens between them. A gate file calls it `plugin/NAME`.
    const NAME: &'static str;
    /// Its own version (<https://semver.org>).
    const VERSION: &'static str;
    /// What it checks, in one line.
    const SUMMARY: &'static str;
    /// Its page in Markdown; headings begin at `##`.
    const DOCUMENTATION: &'static str;
    /// Everything it can find.
    const CODES: &'static [Code];
    /// The powers it asks for.
    const CAPABILITIES: &'static [Capability];

    /// Runs one check of a gate file.
    ///
    /// # Errors
    /// When the check comes to no result; what is wrong with the portal is a finding instead.
    fn run(config: Self::Config, context: &Context) -> Result<Outcome, Failure>;
}

/// The config of a check that takes none; a gate file says `plugin/NAME: {}`.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoConfig {}

/// Makes a check of the crate: declares what it is, and exports it to Tidegate.
///
/// The entries come in this order. `config` is a type with `Deserialize` and `JsonSchema`: its doc comments become
/// the descriptions that editors show in the gate file. `codes` and `asks` may be empty. The version is that of
/// the crate. What can be wrong with names and codes is wrong at compile time.
///
/// It makes the type `Plugin` in the module that it stands in; [`testing::run`](crate::testing::run) takes it.
///
/// ```
/// use tidegate_plugin_sdk::prelude::*;
///
/// #[derive(Deserialize, JsonSchema)]
/// #[serde(rename_all = "kebab-case", deny_unknown_fields)]
/// struct Config {
///     /// The path of the page.
///     path: String,
/// }
///
/// const NO_IMPRINT: Code = Code {
///     slug: "no-imprint",
///     summary: "a page does not lead to the imprint",
///     severity: Severity::Medium,
///     impact: "A site without an imprint can be warned off by any competitor.",
///     remedy: "Put a link to /imprint into the footer.",
///     effort: Effort::Small,
/// };
///
/// check! {
///     name: "imprint",
///     summary: "Pages lead to the imprint",
///     documentation: "## What it does\n\nLooks for a link to the imprint.\n",
///     config: Config,
///     codes: [NO_IMPRINT],
///     asks: [Capability::target_read("to read the page")],
///     run: run,
/// }
///
/// fn run(config: Config, context: &Context) -> Result<Outcome, Failure> {
///     let mut outcome = Outcome::new();
///     let page = context.get(&config.path)?.expect_ok()?;
///     outcome.check(page.text()?.contains("href=\"/imprint\""), || {
///         NO_IMPRINT.finding(format!("{} does not lead to the imprint", config.path))
///     });
///     Ok(outcome)
/// }
/// # fn main() {}
/// ```
///
/// A slug that is none does not compile:
///
/// ```compile_fail
/// use tidegate_plugin_sdk::prelude::*;
///
/// const WRONG: Code = Code {
///     slug: "Not a slug",
///     summary: "s",
///     severity: Severity::Low,
///     impact: "i",
///     remedy: "r",
///     effort: Effort::Small,
/// };
///
/// check! {
///     name: "wrong",
///     summary: "s",
///     documentation: "d",
///     config: NoConfig,
///     codes: [WRONG],
///     asks: [],
///     run: |_, _| Ok(Outcome::new()),
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! check {
    (
        name: $name:expr,
        summary: $summary:expr,
        documentation: $documentation:expr,
        config: $config:ty,
        codes: [$($code:expr),* $(,)?],
        asks: [$($ask:expr),* $(,)?],
        run: $run:expr $(,)?
    ) => {
        /// The check of this module.
        struct Plugin;

        impl $crate::Check for Plugin {
            type Config = $config;

            const NAME: &'static str = $name;
            const VERSION: &'static str = env!("CARGO_PKG_VERSION");
            const SUMMARY: &'static str = $summary;
            const DOCUMENTATION: &'static str = $documentation;
            const CODES: &'static [$crate::Code] = &[$($code),*];
            const CAPABILITIES: &'static [$crate::Capability] = &[$($ask),*];

            fn run(
                config: Self::Config,
                context: &$crate::Context,
            ) -> ::core::result::Result<$crate::Outcome, $crate::Failure> {
                let run: fn(
                    Self::Config,
                    &$crate::Context,
                ) -> ::core::result::Result<$crate::Outcome, $crate::Failure> = $run;
                run(config, context)
            }
        }

        $crate::export!(Plugin);
    };
}

/// Exports a type that implements [`Check`] by hand; [`check!`](crate::check) does both.
#[macro_export]
macro_rules! export {
    ($plugin:ident) => {
        const _: () = $crate::verify::<$plugin>();

        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code)]
        const _: () = {
    $crate::bindings::export!($plugin with_types_in $crate::bindings);
        };
    };
}

/// Stops the compiler at names and codes that Tidegate would refuse.
#[doc(hidden)]
pub const fn verify<C: Check>() {
    assert!(
        is_kebab(C::NAME),
        "the name of a check is lowercase words with hyphens between them"
    );
    assert!(!C::SUMMARY.is_empty(), "a check has a summary");
    let mut at = 0;
    while at < C::CODES.len() {
        let code = &C::CODES[at];
        assert!(
            is_kebab(code.slug),
            "the slug of a code is lowercase words with hyphens between them"
        );
        assert!(
            !code.summary.is_empty() && !code.impact.is_empty() && !code.remedy.is_empty(),
            "a code says what is wrong, what it costs and how to mend it"
        );
        let mut other = 0;
        while other < at {
            assert!(
                !same(C::CODES[other].slug, code.slug),
                "two codes have the same slug"
            );
            other += 1;
        }
        at += 1;
    }
    let mut at = 0;
    while at < C::CAPABILITIES.len() {
        assert!(
            !C::CAPABILITIES[at].reason.is_empty(),
            "a capability says what it is for"
        );
        at += 1;
    }
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// What a check says about itself.
#[doc(hidden)]
pub fn describe<C: Check>() -> Description {
    // References within a schema would lose their way when it becomes a part of the gate file's.
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    let schema = settings
        .into_generator()
        .into_root_schema_for::<C::Config>();
    Description {
        name: C::NAME.to_owned(),
        version: C::VERSION.to_owned(),
        summary: C::SUMMARY.to_owned(),
        documentation: C::DOCUMENTATION.to_owned(),
        config_schema: schema.as_value().to_string(),
        codes: C::CODES.iter().map(Code::described).collect(),
        capabilities: C::CAPABILITIES.iter().map(Capability::described).collect(),
    }
}

/// Reads the config and runs the check.
#[doc(hidden)]
pub fn run<C: Check>(config: &str, context: &Context) -> Result<Outcome, Failure> {
    let config = serde_json::from_str(config).map_err(|error| {
        Failure::Config(ConfigFault {
            pointer: String::new(),
            message: error.to_string(),
            help: format!("See `tidegate explain plugin/{}`.", C::NAME),
        })
    })?;
    C::run(config, context)
}

impl<C: Check> Guest for C {
    fn description() -> Description {
        describe::<C>()
    }

    fn run(config: String, context: bindings::Context) -> Result<Outcome, bindings::Failure> {
        #[cfg(target_arch = "wasm32")]
        std::panic::set_hook(Box::new(|panic| {
            crate::log::write(crate::Level::Warn, panic.to_string());
        }));
        run::<C>(&config, &Context::new(context)).map_err(Failure::into_binding)
    }
}
