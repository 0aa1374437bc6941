"""How letters get here: from a mailbox by IMAP, from a Maildir, or handed over by SMTP or LMTP.

    1  read    its bytes, no more of them than a letter may have
    2  take    `receiving.receive`, which has committed when it returns
    3  let go  deleted from the box; or 250 to whoever handed it over, who then forgets it

Killed between 2 and 3, the letter is taken again and known by its digest. So none is lost, and none counts twice. No
copy in clear stays behind in the box.
"""
