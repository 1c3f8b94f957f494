hello.bash
