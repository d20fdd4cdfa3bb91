# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Python program for the host that stays on the terminal and runs any number of programs beside each other.

Arguments: the token, and the shell of the programs. Each program has pipes and a session of its own, as one
that sshd starts: it cannot reach the terminal. Python 3.5 is enough.

An order is a line `NUMBER LETTER SIZE` and so many characters of base64. The letters: `s` starts the command
line that follows; `d` is input, `e` the end of it; `c` closes all pipes of a program; `q` ends this one.

The answers are those of `frames`. A value has the number of a program: alone before a piece of its stdout or
stderr, with `+` after an order for input was carried out, and with `#` and the exit status at its end.
"""

from __future__ import annotations

SOURCE = r"""
import os,sys,select,binascii,_signal
os.set_blocking
token=sys.argv[1].encode();shell=sys.argv[2]
programs={};outputs={};orphans=[];text=bytearray();order=None
def answer(what):
    while what:what=what[os.write(1,what):]
def value(number,what):answer(token+b"=%d%s;"%(number,what))
class Program:
    def __init__(self,number,command):
        self.number=number;self.pieces=[];self.closed=False
        (r0,self.source),(r1,w1),(r2,w2)=os.pipe(),os.pipe(),os.pipe()
        self.files={r1:b"(",r2:b"["}
        try:self.pid=os.fork()
        except OSError:self.pid=None
        if self.pid==0:
            try:
                os.setsid()
                for target,file in enumerate((r0,w1,w2)):os.dup2(file,target)
                os.closerange(3,256)
                for name in "SIGPIPE","SIGXFSZ":_signal.signal(getattr(_signal,name),_signal.SIG_DFL)
                os.execv(shell,[shell,"-c",command])
            finally:os._exit(127)
        for file in r0,w1,w2:os.close(file)
        os.set_blocking(self.source,False)
        for file in self.files:outputs[file]=self
    def read(self,file):
        data=os.read(file,49152)
        if data:
            data=binascii.b2a_base64(data)[:-1]
            answer(token+b"=%d;"%self.number+token+self.files[file]+data+token+b")")
        else:self.end(file)
    def end(self,file):
        os.close(file);del outputs[file],self.files[file]
    def write(self):
        try:
            if self.source is not None:self.pieces[0]=self.pieces[0][os.write(self.source,self.pieces[0]):]
        except BlockingIOError:pass
        except OSError:self.shut()
        self.settle()
    def settle(self):
        while self.pieces and (self.source is None or not self.pieces[0]):
            del self.pieces[0];value(self.number,b"+")
        if self.closed and not self.pieces:self.shut()
    def shut(self):
        if self.source is not None:os.close(self.source)
        self.source=None
    def close(self):
        self.shut()
        for file in list(self.files):self.end(file)
        del programs[self.number]
        if self.pid:orphans.append(self.pid)
    def check(self):
        if self.files:return
        status=0xff00
        if self.pid:
            pid,status=os.waitpid(self.pid,os.WNOHANG)
            if not pid:return
            self.pid=None
        value(self.number,b"#%d"%(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 255))
        self.close()
def obey(number,letter,data):
    if letter==b"q":os._exit(0)
    if letter==b"s":programs[number]=Program(number,data)
    program=programs.get(number)
    if program is None:return
    if letter==b"d":program.pieces.append(data)
    if letter==b"e":program.closed=True
    if letter==b"c":program.close()
    else:program.settle()
awake,alarm=os.pipe()
os.set_blocking(alarm,False)
_signal.signal(_signal.SIGCHLD,lambda *_:None);_signal.set_wakeup_fd(alarm)
answer(token+b"+")
while 1:
    waiting={p.source:p for p in programs.values() if p.pieces and p.source is not None}
    ready,free,_=select.select([0,awake]+list(outputs),list(waiting),[])
    for file in ready:
        if file in outputs:outputs[file].read(file)
    for file in free:waiting[file].write()
    if awake in ready:
        os.read(awake,512)
        orphans=[pid for pid in orphans if not os.waitpid(pid,os.WNOHANG)[0]]
    if 0 in ready:
        data=os.read(0,65536)
        if not data:os._exit(1)
        text+=data
        while 1:
            if order is None:
                line,end,_=text.partition(b"\n")
                if not end:break
                del text[:len(line)+1]
                number,letter,size=bytes(line).split();order=int(number),letter;size=int(size)
            elif len(text)>=size:
                data=binascii.a2b_base64(bytes(text[:size]));del text[:size]
                obey(order[0],order[1],data);order=None
            else:break
    for program in list(programs.values()):program.check()
"""
