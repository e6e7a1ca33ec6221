//! Traces: from a caller through the request to the jobs it starts.

use serde_json::json;

use super::client::World;

#[tokio::test]
async fn jobs_carry_the_trace_of_their_request() {
    let world = World::new().await;
    let token = format!("Bearer {}", world.login().await.token());
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let ticket = json!({ "subject": "S", "body": "B", "requester": { "email": "someone@example.test" } });
    let headers = [("authorization", token.as_str()), ("traceparent", parent.as_str())];
    let answer = world.call("POST", "/api/v1/tickets", &headers, ticket).await;
    assert_eq!(answer.status, 201, "{:?}", answer.body);

    let mut conn = world.db.pool.get().await.unwrap();
    let due = store::ledger::list(&mut conn, None, None, None, None, 10)
        .await
        .unwrap();
    assert!(!due.is_empty());
    for job in due {
        let carried = store::ledger::find(&mut conn, job.id).await.unwrap().trace;
        let carried = carried.expect("a trace");
        assert!(carried.starts_with(&format!("00-{trace}-")), "{carried}");
        assert_ne!(carried, parent, "the request is a span of its own");
    }
}
