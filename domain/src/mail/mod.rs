//! Rules about mail: what a mail is, where it belongs, whether it may be answered by a machine.
