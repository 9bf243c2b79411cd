//! The upload of a SARIF file to code scanning.

use std::io::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Call, Purpose, escaped};
use super::client::{Client, Sent};
use super::error::ApiError;
use super::limits::SARIF;
use super::retry::pause;

const WRITE: Purpose = Purpose {
    action: "upload to code scanning",
    permission: "security-events: write",
};
const READ: Purpose = Purpose {
    action: "look at the upload to code scanning",
    permission: "security-events: write",
};

/// How often it is asked whether the upload was processed, and after how long each time.
const POLLS: u32 = 5;
const POLL: Duration = Duration::from_secs(2);

/// An upload, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    commit: String,
    reference: String,
    packed: String,
    tool: String,
    category: Option<String>,
}

/// What became of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upload {
    /// The alerts are there.
    Processed,
    /// GitHub is still at it.
    Pending,
}

/// Packs a SARIF file. The reference is a full one, as in `refs/heads/main` or `refs/pull/7/head`.
///
/// # Errors
/// When it is no SARIF file, or too large.
pub fn draft(sarif: &str, commit: &str, reference: &str) -> Result<Draft, ApiError> {
    let strange = |reason: &str| ApiError::Sarif(reason.to_owned());
    let content: Value = serde_json::from_str(sarif).map_err(|_| strange("is no JSON"))?;
    let run = &content["runs"][0];
    let tool = run["tool"]["driver"]["name"]
        .as_str()
        .ok_or_else(|| strange("names no tool"))?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    let packed = packer
        .write_all(sarif.as_bytes())
        .and_then(|()| packer.finish())
        .map_err(|error| strange(&format!("cannot be packed: {error}")))?;
    if packed.len() > SARIF {
        return Err(ApiError::TooLarge {
            what: "the SARIF file",
            size: packed.len(),
            limit: SARIF,
        });
    }
    Ok(Draft {
        commit: commit.to_owned(),
        reference: reference.to_owned(),
        packed: STANDARD.encode(packed),
        tool: tool.to_owned(),
        category: run["automationDetails"]["id"].as_str().map(str::to_owned),
    })
}

#[derive(Deserialize)]
struct Receipt {
    id: String,
}

#[derive(Deserialize)]
struct Processing {
    processing_status: Option<String>,
    errors: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Analysis {
    commit_sha: String,
    category: Option<String>,
    sarif_id: String,
}

/// Uploads the file and waits a little for it to be processed.
///
/// # Errors
/// When GitHub refuses, or cannot be asked.
pub async fn publish(client: &Client, draft: &Draft) -> Result<Upload, ApiError> {
    let call = Call::post(
        WRITE,
        client.path("code-scanning/sarifs"),
        json!({ "commit_sha": draft.commit, "ref": draft.reference, "sarif": draft.packed }),
    );
    let id = upload(client, draft, &call).await?;
    let path = client.path(&format!("code-scanning/sarifs/{}", escaped(&id)));
    for _ in 0..POLLS {
        client.sleep(POLL).await;
        let processing = match client
            .read::<Processing>(&Call::get(READ, path.clone()))
            .await
        {
            // Not known yet.
            Err(ApiError::NotFound { .. }) => continue,
            processing => processing?,
        };
        match processing.processing_status.as_deref() {
            Some("complete") => return Ok(Upload::Processed),
            Some("failed") => return Err(failed(client, &processing)),
            _ => {}
        }
    }
    Ok(Upload::Pending)
}

/// Sends the file and gives its id. A second upload for the same commit and category takes the
/// place of the first, so that one whose answer is lost does no harm when it is sent again; it is
/// looked for all the same, to spare GitHub the work.
async fn upload(client: &Client, draft: &Draft, call: &Call) -> Result<String, ApiError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let reason = match client.once(call).await? {
            Sent::Answered(reply) => {
                let receipt: Receipt = reply
                    .accepted(call, client.foreign())?
                    .read(call, client.foreign())?;
                return Ok(receipt.id);
            }
            Sent::Lost(reason) => reason,
        };
        client.pause(call, tries, pause(tries), reason).await?;
        if let Some(id) = find(client, draft).await? {
            return Ok(id);
        }
    }
}

async fn find(client: &Client, draft: &Draft) -> Result<Option<String>, ApiError> {
    let call = Call::get(READ, client.path("code-scanning/analyses"))
        .query("ref", &draft.reference)
        .query("tool_name", &draft.tool)
        .query("per_page", 100);
    let analyses = match client.read::<Vec<Analysis>>(&call).await {
        // No analysis was ever made.
        Err(ApiError::NotFound { .. }) => return Ok(None),
        analyses => analyses?,
    };
    let category = |text: &Option<String>| {
        text.as_deref()
            .unwrap_or_default()
            .trim_end_matches('/')
            .to_owned()
    };
    let ours = analyses.into_iter().find(|analysis| {
        analysis.commit_sha == draft.commit
            && category(&analysis.category) == category(&draft.category)
    });
    Ok(ours.map(|analysis| analysis.sarif_id))
}

fn failed(client: &Client, processing: &Processing) -> ApiError {
    let errors = processing.errors.as_deref().unwrap_or_default();
    ApiError::Refused {
        action: "process the SARIF file",
        status: 200,
        message: client.foreign().line(&errors.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    const COMMIT: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

    #[test]
    fn the_file_is_packed_whole() {
        let sarif = r#"{"runs":[{"tool":{"driver":{"name":"Tidegate"}},"automationDetails":{"id":"tidegate/x/"}}]}"#;
        let draft = draft(sarif, COMMIT, "refs/heads/main").unwrap();
        let packed = STANDARD.decode(&draft.packed).unwrap();
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_string(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, sarif);
        assert_eq!(draft.category.as_deref(), Some("tidegate/x/"));
    }

    #[test]
    fn what_is_no_sarif_is_refused_before_it_is_sent() {
        for bad in ["", "[]", "{}", r#"{"runs":[]}"#] {
            assert!(draft(bad, COMMIT, "refs/heads/main").is_err(), "{bad}");
        }
    }
}
