//! What the links of a chain do to a ticket.

use super::*;

#[tokio::test]
async fn a_chain_raises_the_priority_which_brings_its_own_promises() {
    let mut spec = promises([1, 2, 4]);
    spec.targets[Priority::Urgent as usize].resolution = Some(2 * HOUR);
    let watched = Watched::new(spec.clone()).await;
    let chief = watched.desk.caller.user_id;
    spec.escalations.push(Escalation {
        clock: Kind::FirstResponse,
        after: HOUR / 2,
        notify: vec![Recipient::User(chief)],
        priority: Some(Priority::Urgent),
        group_id: None,
    });
    let desk = &watched.desk;
    let policies = store::sla::policies(&mut desk.db.pool.get().await.unwrap())
        .await
        .unwrap();
    let own = policies.iter().find(|policy| policy.id == watched.policy).unwrap();
    let draft = Watched::draft(own.calendar_id, spec);
    let changed = app::sla::change_policy(&desk.app, &desk.caller, own.id, own.version, &draft)
        .await
        .unwrap();
    assert_eq!(changed.number, 2, "other promises are another version");
    let ticket = watched.ticket().await;
    let id = ticket.summary.id;
    watched.later(100);
    watched.look().await;
    // The last is of the resolution: three quarters of the urgent one are used up at once.
    let events = watched.events(id).await;
    assert_eq!(events, ["sla_warning", "sla_breached", "sla_escalated", "sla_warning"]);
    let now = watched.now(id).await;
    assert_eq!(now.summary.priority, "urgent");
    let resolution = watched
        .clocks(id)
        .await
        .into_iter()
        .find(|clock| clock.kind == "resolution")
        .unwrap();
    assert_eq!(resolution.target, Some(2 * HOUR));
    let due = resolution.due_at.unwrap();
    assert!(
        (due - at(&ticket, 120)).abs() < TimeDelta::seconds(5),
        "time used up is kept: {due}"
    );
}

#[tokio::test]
async fn an_escalation_is_on_the_ticket_until_somebody_takes_note() {
    let mut spec = promises([1, 2, 4]);
    let watched = Watched::new(spec.clone()).await;
    let desk = &watched.desk;
    let chief = desk.caller.user_id;
    for after in [0, HOUR / 2] {
        spec.escalations.push(Escalation {
            clock: Kind::FirstResponse,
            after,
            notify: vec![Recipient::User(chief)],
            priority: None,
            group_id: None,
        });
    }
    let policies = store::sla::policies(&mut desk.db.pool.get().await.unwrap())
        .await
        .unwrap();
    let own = policies.iter().find(|policy| policy.id == watched.policy).unwrap();
    let draft = Watched::draft(own.calendar_id, spec);
    app::sla::change_policy(&desk.app, &desk.caller, own.id, own.version, &draft)
        .await
        .unwrap();
    let id = watched.ticket().await.summary.id;
    let other = watched.ticket().await.summary.id;
    let wanted = app::ticket::Wanted {
        escalated: Some("open".to_owned()),
        ..Default::default()
    };
    let listed = async || {
        let mut conn = desk.app.conn().await.unwrap();
        let (filter, sort) = wanted.understand(&mut conn, &desk.caller).await.unwrap();
        let rows = store::ticket::list(&mut conn, &filter, sort, None, 50, desk.app.now())
            .await
            .unwrap();
        let counted = store::ticket::counts(&mut conn, chief, None).await.unwrap().escalated;
        assert_eq!(counted, i64::try_from(rows.len()).unwrap());
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert!(listed().await.is_empty());
    watched.later(100);
    watched.look().await;
    watched.look().await;
    let escalations = app::ticket::escalation::list(&desk.app, &desk.caller, id)
        .await
        .unwrap();
    let levels: Vec<_> = escalations
        .iter()
        .map(|one| (one.level, one.clock.as_deref()))
        .collect();
    let first = Some("first_response");
    assert_eq!(levels, [(Some(1), first), (Some(2), first)], "each link once");
    assert!(
        escalations
            .iter()
            .all(|one| one.told == [desk.caller.actor.name.clone()])
    );
    assert_eq!(listed().await.len(), 2);

    let noted = app::ticket::escalation::acknowledge(&desk.app, &desk.caller, id)
        .await
        .unwrap();
    assert!(
        noted
            .iter()
            .all(|one| one.acknowledged_by.as_ref() == Some(&desk.caller.actor.name))
    );
    assert_eq!(listed().await, [other]);
    let again = app::ticket::escalation::acknowledge(&desk.app, &desk.caller, id).await;
    assert!(matches!(again, Err(app::AppError::Refused { .. })), "{again:?}");
    // What is over waits for nobody.
    desk.db
        .execute(&format!("UPDATE tickets SET state = 'closed' WHERE id = '{other}'"))
        .await;
    assert!(listed().await.is_empty());
}

#[tokio::test]
async fn a_chain_hands_over_as_people_do() {
    let watched = Watched::new(promises([1, 2, 4])).await;
    let (desk, group) = (&watched.desk, Uuid::now_v7());
    desk.db
        .execute(&format!(
            "INSERT INTO support_groups (id, name, description, strategy, members_only, created_at, updated_at)
             VALUES ('{group}', 'Third line', '', 'round_robin', true, now(), now())"
        ))
        .await;
    let mut spec = promises([1, 2, 4]);
    spec.escalations.push(Escalation {
        clock: Kind::FirstResponse,
        after: 0,
        notify: vec![Recipient::Assignee],
        priority: Some(Priority::High),
        group_id: Some(group),
    });
    let policies = store::sla::policies(&mut desk.db.pool.get().await.unwrap())
        .await
        .unwrap();
    let own = policies.iter().find(|policy| policy.id == watched.policy).unwrap();
    let draft = Watched::draft(own.calendar_id, spec);
    app::sla::change_policy(&desk.app, &desk.caller, own.id, own.version, &draft)
        .await
        .unwrap();
    let id = watched.ticket().await.summary.id;
    watched.assign(id).await;
    watched.later(100);
    watched.look().await;
    let now = watched.now(id).await;
    assert_eq!((now.summary.group_id, now.summary.priority.as_str()), (group, "high"));
    assert_eq!(now.summary.assignee_id, None, "he is no member there");
    let waits = "SELECT (queued_at IS NOT NULL)::text FROM tickets";
    assert_eq!(desk.db.texts(waits).await, ["true"], "to be dealt out there");
    let told = "SELECT kind FROM ticket_events WHERE kind IN ('group_changed', 'priority_changed', 'assigned', 'sla_escalated') ORDER BY seq";
    let lines = [
        "assigned",
        "priority_changed",
        "group_changed",
        "assigned",
        "sla_escalated",
    ];
    assert_eq!(desk.db.texts(told).await, lines);
}
