def main(*a,**k): pass
