"""What the result page shows of each test below its value. One object a test; any test has the plain one."""
