// Which share of a call a thread does. Each thread has an instance of the module, with thread-local storage of its own.
#include "share.h"

_Thread_local int share_index = 0, share_count = 1;

__attribute__((export_name("setShare"))) void setShare(int index, int count) {
  share_index = index;
  share_count = count;
}
