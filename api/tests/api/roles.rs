//! Roles: what they inherit, who may change them, and that the database refuses what the rules refuse.

use super::client::World;

#[tokio::test]
async fn the_database_refuses_a_cycle_and_adds_up_what_is_inherited() {
    let world = World::new().await;
    let mut conn = world.db.pool.get().await.unwrap();
    let role = |n: u128| uuid::Uuid::from_u128(n);
    for (n, key) in [(1, "one"), (2, "two"), (3, "three")] {
        world
            .db
            .execute(&format!(
                "INSERT INTO roles (id, key, name, permissions) VALUES ('{}', '{key}', '{key}', '{{tickets.{key}}}')",
                role(n)
            ))
            .await;
    }
    let link = |child, parent| {
        format!(
            "INSERT INTO role_parents VALUES ('{}', '{}')",
            role(child),
            role(parent)
        )
    };
    world.db.execute(&link(2, 1)).await;
    world.db.execute(&link(3, 2)).await;
    for (child, parent) in [(1, 3), (1, 1), (1, 2)] {
        let refused = world.db.try_execute(&link(child, parent)).await.unwrap_err();
        assert!(refused.contains("inherit itself"), "{refused}");
    }
    assert_eq!(
        store::role::refresh(&mut conn, role(1)).await.unwrap(),
        3,
        "the role and all below it"
    );
    let three = store::role::find(&mut conn, role(3)).await.unwrap();
    assert_eq!(three.effective, ["tickets.one", "tickets.three", "tickets.two"]);
    assert_eq!(three.permissions, ["tickets.three"]);
    assert_eq!(
        store::role::refresh(&mut conn, role(1)).await.unwrap(),
        0,
        "nothing is written twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_migration_can_be_undone_and_done_again() {
    let world = World::new().await;
    store::revert_all(&world.db.url).await.unwrap();
    assert!(!store::migrate(&world.db.url).await.unwrap().is_empty());
    app::seed::base(&world.state.app).await.unwrap();
}
