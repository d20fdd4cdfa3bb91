# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Python program for the host that passes the streams of another program over the terminal as they flow.

It has the same answers and the same input as the script for POSIX shells, and needs Python 3.5. Arguments:
the token, the shell, its command line, `pty` for a terminal of its own, a regular expression that finds the
question for a password, and the text after the answer. The terminal is not read until the output has one of
both: the program may read the answer from the terminal itself. The input after the end is `00`.
"""

from __future__ import annotations

SOURCE = r"""
import os,sys,select,binascii,_signal
os.set_blocking
token=sys.argv[1].encode();shell,command,kind,question,success=sys.argv[2:7]
def answer(what):
    what=token+what
    while what:what=what[os.write(1,what):]
answer(b"+")
if kind=="pty":
    import fcntl,termios
    master,slave=os.openpty()
    child=slave,slave,slave
    ours=os.dup(master),master,None
else:
    (r0,w0),(r1,w1),(r2,w2)=os.pipe(),os.pipe(),os.pipe()
    child=r0,w1,w2
    ours=w0,r1,r2
pid=os.fork()
if not pid:
    try:
        for number,file in enumerate(child):os.dup2(file,number)
        os.closerange(3,256)
        if kind=="pty":
            os.setsid();fcntl.ioctl(0,termios.TIOCSCTTY,0)
        for name in "SIGPIPE","SIGXFSZ":_signal.signal(getattr(_signal,name),_signal.SIG_DFL)
        os.execv(shell,[shell,"-c",command])
    finally:os._exit(127)
for file in set(child):os.close(file)
source=ours[0];outputs={ours[1]:b"("}
if ours[2]:outputs[ours[2]]=b"["
os.set_blocking(source,False)
text=bytearray();size=None;pieces=[];closed=False
paused=question or success
if paused:
    import re
    known=[re.compile(x.encode()) for x in (question,re.escape(success)) if x];seen=b""
finished=False
while not finished:
    files=list(outputs)
    if not paused:files.append(0)
    ready,free,_=select.select(files,[source] if pieces and source is not None else [],[])
    for file in ready:
        if file:
            try:data=os.read(file,49152)
            except OSError:data=b""
            if paused:
                seen+=data
                if not data or any(x.search(seen) for x in known) or len(seen)>1000000:paused=False
            if data:answer(outputs[file]+binascii.b2a_base64(data)[:-1]+token+b")")
            else:
                del outputs[file]
                if not outputs:answer(b"-")
            continue
        data=os.read(0,65536)
        if not data:os._exit(1)
        text+=data
        while 1:
            if size is None:
                end=text.find(b"\n")
                if end<0:break
                line=bytes(text[:end]).strip();del text[:end+1]
                if line==b"0":closed=True
                elif line==b"00":finished=not outputs
                elif line:size=int(line)
            elif len(text)>=size:
                pieces.append(binascii.a2b_base64(bytes(text[:size])));del text[:size];size=None
            else:break
    if not outputs:
        for piece in pieces:answer(b"+")
        pieces=[]
    if pieces and (free or source is None):
        try:
            if source is not None:pieces[0]=pieces[0][os.write(source,pieces[0]):]
        except BlockingIOError:pass
        except OSError:os.close(source);source=None
        if source is None:pieces[0]=b""
        if not pieces[0]:del pieces[0];answer(b"+")
    if closed and not pieces and source is not None:
        if kind!="pty":os.close(source)
        source=None
status=os.waitpid(pid,0)[1]
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 255)
"""
