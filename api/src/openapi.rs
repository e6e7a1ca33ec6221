//! The description of the API: what the routes say of themselves, and what holds for all of them.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, KnownFormat, ObjectBuilder, RefOr, Required, SchemaFormat, Type,
        path::{Operation, ParameterBuilder, ParameterIn},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{middleware::idempotency, routes, state::ApiState};

#[derive(OpenApi)]
#[openapi(
    info(title = "CloudManager API", version = "1", description = "Cloud and hosting platform: tickets, mail and jobs."),
    modifiers(&Security)
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", scheme);
    }
}

/// The routes with what they say of themselves.
pub(crate) fn documented() -> OpenApiRouter<ApiState> {
    let mut router = OpenApiRouter::with_openapi(Document::openapi()).merge(routes::all());
    let openapi = router.get_openapi_mut();
    for (path, item) in &mut openapi.paths.paths {
        let all = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        all.into_iter().flatten().for_each(describe_bodies);
        if let Some(post) = item.post.as_mut().filter(|_| idempotency::covers(path)) {
            takes_key(post);
        }
    }
    router
}

/// Bodies of these types are bytes; the description would take them for lists of numbers.
const BYTES: [&str; 2] = ["application/octet-stream", "message/rfc822"];

fn are_bytes<'a>(contents: impl Iterator<Item = (&'a String, &'a mut RefOr<Content>)>) {
    for (_, content) in contents.filter(|(kind, _)| BYTES.contains(&kind.as_str())) {
        let RefOr::T(content) = content else { continue };
        let bytes = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .build();
        content.schema = Some(bytes.into());
    }
}

/// OpenAPI wants a text for each answer; most need none of their own.
fn describe_bodies(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        are_bytes(body.content.iter_mut());
    }
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer {
            are_bytes(answer.content.iter_mut());
        }
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            answer.description = match status.as_str() {
                "default" => "Refused or failed; `code` says why",
                "201" => "Made",
                "202" => "Accepted; the work follows",
                "204" => "Done",
                "409" => "Refused in the present state",
                "503" => "Not now",
                _ => "Success",
            }
            .to_owned();
        }
    }
}

fn takes_key(operation: &mut Operation) {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(idempotency::LONGEST))
        .pattern(Some("^[!-~]+$"))
        .build();
    let parameter = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A repeat with the same key and body gets the first answer and does nothing",
        ))
        .schema(Some(text))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

/// The description of the API as OpenAPI 3.1.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    documented().into_openapi()
}
