"""The squat screen: valgus collapse and the other compensations, on both legs or on one."""
