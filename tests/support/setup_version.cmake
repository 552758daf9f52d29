# Writes leat_version.h (OUTPUT) from VERSION and the git revision of SOURCE, touching the file only when it changes.
set(revision "unknown")
find_program(git git)
if(git AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
  if(status EQUAL 0)
    set(revision ${answer})
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[// Written by the build; see tests/support/setup_version.cmake.
#ifndef LEAT_VERSION_H
#define LEAT_VERSION_H

// The version of CMake's project().
#define LEAT_VERSION "@VERSION@"

// The git revision the program was built from, or "unknown" outside a checkout.
#define LEAT_REVISION "@revision@"

#endif
]])
