//! Files: up before a message, down after it.

use app::upload::{self, Upload};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::tickets::AttachmentDto;
use crate::{
    extract::{CurrentUser, Json, Path, Query, RawBody},
    problem::{ApiResult, Problem, ProblemBody},
    state::ApiState,
};

/// Endings of programs and of pages that could run in a browser; any layer of a name counts.
const BLOCKED: &[&str] = &[
    "exe", "com", "scr", "pif", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "msi", "msp",
    "jar", "lnk", "iso", "img", "cpl", "dll", "reg", "svg", "html", "htm", "xhtml", "shtml", "xml",
];

/// The routes.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(create)).routes(routes!(read))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UploadParams {
    /// Name of the file.
    #[param(min_length = 1, max_length = 255)]
    filename: String,
}

/// Upload a file for a message to come
#[utoipa::path(post, path = "/api/v1/uploads", operation_id = "uploadFile", tag = "files", security(("bearer" = [])),
    params(UploadParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, body = AttachmentDto),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn create(
    caller: CurrentUser,
    State(state): State<ApiState>,
    Query(params): Query<UploadParams>,
    RawBody(bytes): RawBody,
) -> ApiResult<Response> {
    let new = checked(&params.filename, bytes)?;
    let file = upload::store(&state.app, caller.caller(), new).await?;
    Ok((StatusCode::CREATED, Json(AttachmentDto::from(file))).into_response())
}

/// A file with a safe name and its type by content; programs and pages are refused.
pub(super) fn checked(filename: &str, bytes: bytes::Bytes) -> ApiResult<Upload> {
    let name = safe_name(filename);
    let layers = name.split('.').skip(1).map(str::to_ascii_lowercase);
    let program = infer::is_app(&bytes) || layers.into_iter().any(|layer| BLOCKED.contains(&layer.as_str()));
    if program {
        return Err(Problem::invalid(
            "",
            "file_blocked",
            "This kind of file is not taken: it could run on a computer.",
        ));
    }
    let content_type = match infer::get(&bytes) {
        Some(kind) => kind.mime_type(),
        None if std::str::from_utf8(&bytes).is_ok() => "text/plain",
        None => "application/octet-stream",
    };
    Ok(Upload {
        name,
        content_type: content_type.to_owned(),
        bytes,
    })
}

/// The last part of a path, without control characters, direction marks and dots at its ends; 200 bytes at most.
pub(super) fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let marks = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let clean: String = last.chars().filter(|c| !marks(*c)).collect();
    let mut clean = clean.trim_matches(['.', ' ']).to_owned();
    while clean.len() > 200 {
        clean.pop();
    }
    if clean.is_empty() { "file".to_owned() } else { clean }
}

/// Download a file
#[utoipa::path(get, path = "/api/v1/attachments/{id}", operation_id = "downloadFile", tag = "files", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the file")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = ProblemBody, content_type = "application/problem+json")
    ))]
async fn read(caller: CurrentUser, State(state): State<ApiState>, Path(id): Path<Uuid>) -> ApiResult<Response> {
    let (file, bytes) = upload::read(&state.app, caller.caller(), id).await?;
    Ok(download(&file.name, &file.content_type, bytes))
}

/// A file as something to keep, never to show: pages and drawings in it cannot run.
pub(crate) fn download(name: &str, content_type: &str, bytes: bytes::Bytes) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    // RFC 6266 with the encoding of RFC 8187: names in any script.
    let encoded: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_paths_and_tricks() {
        assert_eq!(safe_name("../../etc/passwd"), "passwd");
        assert_eq!(safe_name("C:\\a\\b.txt"), "b.txt");
        assert_eq!(safe_name("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(safe_name("..."), "file");
        assert!(safe_name(&"é".repeat(300)).len() <= 200);
    }
}
