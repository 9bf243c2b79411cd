//! The workflow for GitHub Actions.

mod steps;

use std::fmt::Write as _;

use tidegate_core::gate::EnvironmentKind;
use tidegate_kinds::draft::quoted;

use super::{Address, Place, Wish, needed, places};
use crate::project::Host;

pub use steps::VERSION_FILES;

/// The folder of workflows, from the repository's root.
pub const WORKFLOWS: &str = ".github/workflows";

/// The action, as its page names it.
const ACTION: &str = "tidegate/tidegate@v0.1.0";

/// The step that waits for the preview of a pull request. Netlify makes no deployments at GitHub, which would start a
/// workflow; it sets a commit status, `netlify/NAME/deploy-preview`, with the address of the preview:
/// <https://docs.netlify.com/site-deploys/notifications/#github-commit-statuses>.
const NETLIFY: &str = r#"      - name: Wait for Netlify's preview
        id: preview
        env:
          GH_TOKEN: ${{ github.token }}
          COMMIT: ${{ github.event.pull_request.head.sha }}
        run: |
          for _ in $(seq 90); do
            said=$(gh api "repos/$GITHUB_REPOSITORY/commits/$COMMIT/status?per_page=100" --jq \
              '[.statuses[] | select(.context | test("^netlify/.+/deploy-preview$"))][0] | "\(.state) \(.target_url)"') || said=
            case $said in
              "success https://app.netlify.com/"* | failure* | error*)
                echo "::error::Netlify has no preview of this change: ${said#* }"
                exit 1
                ;;
              success*)
                echo "url=${said#* }" >>"$GITHUB_OUTPUT"
                exit 0
                ;;
            esac
            sleep 10
          done
          echo "::error::Netlify did not say within 15 minutes where the preview is. Are deploy previews switched on?"
          exit 1
"#;

/// When the workflow looks, and at what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// At each preview, once the host has said that it is deployed.
    Deployments(Host),
    /// At each change: it is built, and started for the gate.
    Changes,
    /// At an address that is known: after each push, and every day.
    Address,
    /// At an address that somebody gives by hand.
    ByHand,
}

/// Why there is no workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoWorkflow {
    /// A name of the project would be taken for one of GitHub's expressions.
    #[error(
        "a folder, a file or a command of the project has `${{{{` in it, which GitHub would replace"
    )]
    Expression,
    /// Only this machine can be looked at.
    #[error("GitHub's machines cannot reach this one")]
    Unreachable,
}

/// When a workflow looks, by what is known of the app.
pub fn watch(wish: &Wish) -> Watch {
    let hosts = [Host::Vercel, Host::Netlify];
    if let Some(host) = hosts.into_iter().find(|host| wish.is_hosted_at(*host)) {
        return Watch::Deployments(host);
    }
    let places = places(wish);
    if places.iter().any(|place| place.starts) {
        return Watch::Changes;
    }
    match reachable(&places) {
        Some(_) => Watch::Address,
        None => Watch::ByHand,
    }
}

/// The environment with an address that a runner of GitHub can reach.
fn reachable(places: &[Place]) -> Option<&Place> {
    let mut places = places.iter();
    places.find(|place| {
        place.kind != EnvironmentKind::Local && matches!(place.address, Address::Known(_))
    })
}

/// The text of the workflow.
///
/// # Errors
/// When there is nothing that one could look at, or none can be written safely.
pub fn workflow(wish: &Wish) -> Result<String, NoWorkflow> {
    let app = wish.app.as_ref();
    let commands = app
        .into_iter()
        .flat_map(|app| app.build.iter().chain(&app.install));
    let commands = commands.flat_map(|told| [told.value.as_str(), told.file.as_str()]);
    let names = app.map(|app| app.folder.as_str()).into_iter();
    let names = names.chain(commands).chain([wish.folder.as_str()]);
    let mut names = names.chain(wish.file.as_deref());
    if names.any(|name| name.contains("${{")) {
        return Err(NoWorkflow::Expression);
    }
    let watch = watch(wish);
    let places = places(wish);
    let is_preview = |place: &Place| place.kind == EnvironmentKind::Preview;
    if watch == Watch::ByHand && !places.iter().any(is_preview) {
        return Err(NoWorkflow::Unreachable);
    }
    let mut text = head(watch);
    text.push_str(begin(watch));
    text.push_str("\npermissions: {}\n\njobs:\n  gate:\n    name: Tidegate\n");
    if let Watch::Deployments(Host::Vercel) = watch {
        text.push_str(
            "    # Only of a deploy that is up there is something to look at; production is looked at before.\n    \
             if: >-\n      github.event.deployment_status.state == 'success'\n      \
             && !startsWith(github.event.deployment.environment, 'Production')\n",
        );
    }
    let (minutes, more) = match watch {
        Watch::Deployments(Host::Netlify) => (
            40,
            "      statuses: read # there Netlify says where the preview is\n",
        ),
        _ => (20, ""),
    };
    let _ = write!(
        text,
        "    runs-on: ubuntu-latest\n    timeout-minutes: {minutes}\n    permissions:\n      \
         contents: read # to check the sources out\n{more}    steps:\n      \
         - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0\n        with:\n          \
         fetch-depth: 0 # what the change brings is compared with what was there before\n          \
         persist-credentials: false\n",
    );
    match watch {
        Watch::Changes => steps::build(&mut text, wish),
        Watch::Deployments(Host::Netlify) => text.push_str(NETLIFY),
        _ => {}
    }
    gate(&mut text, watch, wish, &places);
    text.push_str(
        "      - if: always() && steps.gate.outputs.report-folder != ''\n        \
         uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1\n        with:\n          \
         name: tidegate\n          path: ${{ steps.gate.outputs.report-folder }}\n",
    );
    Ok(text)
}

fn head(watch: Watch) -> String {
    let what = match watch {
        Watch::Deployments(Host::Netlify) => "looks at each preview that Netlify has deployed",
        Watch::Deployments(_) => "looks at each preview that Vercel has deployed",
        Watch::Changes => "builds each change, starts it, and looks at it before it is merged",
        Watch::Address => "looks at the portal after each push and once a day",
        Watch::ByHand => "looks at an address when somebody starts it under Actions",
    };
    format!(
        "# Tidegate {what}; the job fails unless the deploy is allowed.\n\
         #\n\
         # Made by `tidegate init`; it is yours to change.\n\
         name: Tidegate\n"
    )
}

fn begin(watch: Watch) -> &'static str {
    match watch {
        Watch::Deployments(Host::Netlify) => {
            "\non: pull_request\n\nconcurrency:\n  group: tidegate-${{ github.ref }}\n  \
             cancel-in-progress: true\n"
        }
        Watch::Deployments(_) => {
            "\non: deployment_status\n\nconcurrency:\n  \
             group: tidegate-${{ github.event.deployment.id }}-${{ github.event.deployment_status.state }}\n  \
             cancel-in-progress: false\n"
        }
        Watch::Changes => {
            "\non:\n  pull_request:\n  push:\n    branches: [main, master]\n\nconcurrency:\n  \
             group: tidegate-${{ github.ref }}\n  cancel-in-progress: true\n"
        }
        Watch::Address => {
            "\non:\n  push:\n    branches: [main, master]\n  schedule:\n    - cron: \"23 5 * * *\"\n  \
             workflow_dispatch:\n\nconcurrency:\n  group: tidegate-${{ github.ref }}\n  \
             cancel-in-progress: true\n"
        }
        Watch::ByHand => {
            "\non:\n  workflow_dispatch:\n    inputs:\n      url:\n        \
             description: The address of the preview to look at\n        required: true\n        \
             type: string\n\nconcurrency:\n  group: tidegate-${{ github.ref }}\n  \
             cancel-in-progress: false\n"
        }
    }
}

/// The step that runs the gate.
fn gate(text: &mut String, watch: Watch, wish: &Wish, places: &[Place]) {
    let (environment, url) = match watch {
        Watch::Deployments(Host::Netlify) => {
            (Some("preview"), Some("${{ steps.preview.outputs.url }}"))
        }
        Watch::Deployments(_) => (
            Some("preview"),
            Some("${{ github.event.deployment_status.environment_url }}"),
        ),
        Watch::Changes => {
            let starting = places.iter().find(|place| place.starts);
            (starting.map(|place| place.name), None)
        }
        Watch::Address => (reachable(places).map(|place| place.name), None),
        Watch::ByHand => (Some("preview"), Some("${{ inputs.url }}")),
    };
    // Writing to a text does not fail.
    let _ = writeln!(
        text,
        "      # Pin it to the commit of the release you use.\n      - id: gate\n        \
         uses: {ACTION} # zizmor: ignore[unpinned-uses]\n        with:"
    );
    if !wish.folder.is_empty() {
        let _ = writeln!(
            text,
            "          working-directory: {}",
            quoted(&wish.folder)
        );
    }
    if let Some(file) = &wish.file {
        let _ = writeln!(text, "          gate: {}", quoted(file));
    }
    if let Some(environment) = environment {
        let _ = writeln!(text, "          environment: {environment}");
    }
    if let Some(url) = url {
        let _ = writeln!(text, "          url: {url}");
    }
    let later: Vec<_> = needed(wish).into_iter().filter(|one| !one.now).collect();
    text.push_str(
        "        # What the gate file names, once it is switched on there:\n        # env:\n",
    );
    for one in later {
        let _ = writeln!(text, "        #   {0}: ${{{{ secrets.{0} }}}}", one.name);
    }
}
