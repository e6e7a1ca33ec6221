//! Customers and what is kept about them.

mod find;
mod list;
mod members;
mod notes;
mod people;
mod project;
mod row;
mod security;
mod status;
mod timeline;
mod write;

pub use find::{find, find_for_update, nif_owner, reach};
pub use list::{Filter, Listed, Position, Sort, Statistics, list, search, statistics};
pub use members::{
    Member, MemberPlace, is_member, member, member_count, member_role, members, owned_by, owners, put_member,
    remove_member,
};
pub use notes::{
    Document, Note, delete_document, delete_note, document, documents, insert_document, insert_note, note, notes,
    share_document, update_note,
};
pub use people::{Address, Contact, addresses, contacts, delete_address, delete_contact, put_address, put_contact};
pub use project::{
    Project, ProjectColumns, ProjectFilter, acting, assign, assigned, insert_project, leads, project, project_count,
    project_people, project_takes, projects, unassign, update_project,
};
pub use row::{Customer, NewCustomer, ProfileColumns, Reached, Summary};
pub use security::{MemberLogin, MemberSecurity, member_logins, member_security};
pub use status::{StatusChange, add_status_change, status_changes};
pub use timeline::{Figures, Moment, figures, timeline};
pub use write::{Handling, insert, sealed_nin, set_deleted, set_handling, set_nin, set_profile, set_status, tell};
