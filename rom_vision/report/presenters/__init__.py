"""How each test is shown: numbers, charts, pictures, video, files. One object a test; any test has the plain one."""
